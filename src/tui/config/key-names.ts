// Names of keys as people write them into a config file, and which of them can be bound.
import { nearestName } from './nearest.js';

const NAMED = [
  'enter', 'escape', 'space', 'tab', 'shift-tab', 'backspace', 'delete', 'insert', 'up', 'down', 'left', 'right', 'home', 'end',
  'pageup', 'pagedown', ...Array.from({ length: 12 }, (_, i) => `f${i + 1}`),
]; // prettier-ignore

/** What a terminal sends for these is what it sends for another key. */
const SAME: Readonly<Record<string, string>> = {
  'ctrl-i': 'tab',
  'ctrl-m': 'enter',
  'ctrl-[': 'escape',
  'ctrl-?': 'backspace',
  esc: 'escape',
  return: 'enter',
  del: 'delete',
  pgup: 'pageup',
  pgdn: 'pagedown',
  ' ': 'space',
};

const MODIFIERS = ['ctrl', 'alt', 'shift'] as const;

/** Keys that keep their meaning everywhere, so that there is always a way out and back. */
export const RESERVED: Readonly<Record<string, string>> = {
  'ctrl-c': 'it leaves the dashboard, whatever else is bound',
  escape: 'it goes back, whatever else is bound',
};

export type KeyName = { readonly key: string } | { readonly problem: string };

/** The key as the input parser names it, or why there is none. */
export function keyNamed(written: string): KeyName {
  const same = SAME[written.toLowerCase()];
  if (same !== undefined && written !== ' ') {
    return written.includes('-')
      ? { problem: `${written} is the same as ${same} for a terminal: write ${same}` }
      : { key: same };
  }
  if (Array.from(written).length === 1) return written === ' ' ? { key: 'space' } : { key: written };
  const parts = written.split('-');
  // "ctrl--" is ctrl and the minus.
  const last = written.endsWith('--') ? '-' : parts.at(-1)!;
  const before = (written.endsWith('--') ? parts.slice(0, -2) : parts.slice(0, -1)).map((part) => part.toLowerCase());
  const modifiers = MODIFIERS.filter((name) => before.includes(name));
  const isKnown = before.length === modifiers.length;
  const isLetter = Array.from(last).length === 1;
  const base = isLetter ? last : last.toLowerCase();
  if (isKnown && modifiers.length > 0 && isLetter) {
    if (modifiers.includes('shift'))
      return { problem: `${written} is written as the letter itself: ${last.toUpperCase()}` };
    const key = `${modifiers.map((name) => `${name}-`).join('')}${modifiers.includes('ctrl') ? base.toLowerCase() : base}`;
    const twin = SAME[key];
    return twin === undefined
      ? { key }
      : { problem: `${written} is the same as ${twin} for a terminal: write ${twin}` };
  }
  if (isKnown && NAMED.includes(base)) return { key: `${modifiers.map((name) => `${name}-`).join('')}${base}` };
  const near = nearestName(written, NAMED);
  return {
    problem: `${written} is no key: write a character, ctrl-a, alt-a, or a name like ${near ?? 'enter, pageup, f5'}`,
  };
}

/** The control byte that a key sends; undefined for a key that sends no single one. */
export function controlByte(key: string): number | undefined {
  const match = /^ctrl-([a-z\\\]^_])$/.exec(key);
  return match ? match[1]!.toUpperCase().charCodeAt(0) - 0x40 : undefined;
}

/** Why a key cannot leave a shell, if it cannot. */
export function escapeProblem(key: string): string | undefined {
  if (controlByte(key) === undefined)
    return `${key} cannot leave a shell: give ctrl and a letter, or ctrl-], ctrl-\\, ctrl-^, ctrl-_`;
  return ['ctrl-c', 'ctrl-d', 'ctrl-z', 'ctrl-j', 'ctrl-h'].includes(key)
    ? `${key} is needed inside of shells: give another, like ctrl-]`
    : undefined;
}
