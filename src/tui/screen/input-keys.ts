// Names of keys: what the final bytes, numbers and modifiers of key sequences mean.
// Sources: xterm's ctlseqs "PC-Style Function Keys" and modifyOtherKeys; the kitty keyboard protocol for CSI u.

export interface NamedKey {
  readonly key: string;
  readonly text?: string;
}

const controlNames: Readonly<Record<number, string>> = {
  0x00: 'ctrl-space',
  0x08: 'ctrl-h',
  0x09: 'tab',
  0x0a: 'ctrl-j',
  0x0d: 'enter',
  0x1b: 'escape',
  0x1c: 'ctrl-\\',
  0x1d: 'ctrl-]',
  0x1e: 'ctrl-^',
  0x1f: 'ctrl-_',
  0x7f: 'backspace',
};

/** The key that sends a control byte (0x00-0x1f, 0x7f). */
export function controlKey(byte: number): string {
  return controlNames[byte] ?? `ctrl-${String.fromCharCode(byte + 0x60)}`;
}

const finals: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** Keys that arrive as ESC O and one letter; the keypad's enter among them. */
export function ss3Key(final: string): string | undefined {
  return final === 'M' ? 'enter' : finals[final];
}

const tildes: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** The Linux console's f1-f5: ESC [ [ A … E. */
const linuxFunction = /^\[([A-E])$/;

/** xterm's modifier parameter is 1 plus bits: 1 shift, 2 alt, 4 ctrl, 8 and more super, hyper, meta, locks. */
function modified(name: string, parameter: number): string {
  const bits = Math.max(0, parameter - 1);
  return (bits & 4 ? 'ctrl-' : '') + (bits & 2 ? 'alt-' : '') + (bits & 1 ? 'shift-' : '') + name;
}

const namedCodePoints: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
};

/** A key given by its code point: CSI u, or xterm's modifyOtherKeys. */
function codePointKey(codePoint: number, modifiers: number): NamedKey | undefined {
  const name = namedCodePoints[codePoint];
  const bits = Math.max(0, modifiers - 1) & 7;
  // 57344 and up are kitty's numbers for keys that write nothing (caps lock, media keys): none of them is used here.
  if (codePoint > 0x10ffff || (codePoint >= 57344 && codePoint <= 63743)) return undefined;
  if (name === undefined && (codePoint < 32 || (codePoint >= 0xd800 && codePoint <= 0xdfff))) return undefined;
  const character = String.fromCodePoint(codePoint);
  if (name !== undefined) {
    const text = codePoint === 32 && (bits & 6) === 0 ? ' ' : undefined;
    return { key: modified(name, text === undefined ? modifiers : 1), ...(text === undefined ? {} : { text }) };
  }
  // Shift is in the character itself.
  const shifted = bits & 1 ? character.toUpperCase() : character;
  if ((bits & 6) === 0) return { key: shifted, text: shifted };
  return { key: modified(shifted, (modifiers - 1) & 6 ? ((modifiers - 1) & 6) + 1 : 1) };
}

/**
 * The key of a control sequence.
 *
 * @param body what follows ESC [, the final byte included, for example `1;5A`, `3~`, `97;5u`, `Z`
 */
export function csiKey(body: string): NamedKey | undefined {
  const linux = linuxFunction.exec(body);
  if (linux) return { key: `f${linux[1]!.charCodeAt(0) - 0x40}` };
  const match = /^([\d;:]*)([A-Za-z~^$@])$/.exec(body);
  if (!match) return undefined;
  const [, parameters, final] = match as unknown as [string, string, string];
  // Parts behind a colon are kitty's details (alternate key, event type); event type 3 is the release of a key.
  const fields = parameters.split(';').map((field) => field.split(':'));
  const number = (i: number): number => Number(fields[i]?.[0] ?? '');
  const modifiers = number(1) || 1;
  if (fields[1]?.[1] === '3') return undefined;
  if (final === 'u') return codePointKey(number(0), modifiers);
  if (final === 'Z') return { key: 'shift-tab' };
  if (final === '~') {
    if (number(0) === 27 && fields.length === 3) return codePointKey(number(2), modifiers);
    const name = tildes[number(0)];
    return name === undefined ? undefined : { key: modified(name, modifiers) };
  }
  const name = finals[final];
  // `CSI 1;2R` could be f3 or a cursor report; xterm's cursor reports carry two numbers above 1 nearly always, f3 a 1 first.
  if (name === undefined || (parameters !== '' && number(0) > 1)) return undefined;
  return { key: modified(name, modifiers) };
}
