// Arming the guard and disarming it: what it would do is read before it may do anything.
import { refuse } from '../actions.js';
import type { Line } from '../state/overlays.js';
import { plural } from '../present/units.js';
import type { Handler } from './handler.js';
import { ask } from './verbs.js';

/** More rules than so many would hide the answers. */
const SHOWN_RULES = 8;

const guard: Handler = (state) => {
  if (state.guard === undefined)
    return refuse(state, 'There is no rule file: start with tscontain-tui --guard FILE (docs/guard.md).');
  const { isArmed, acting, rules, path } = state.guard;
  if (isArmed) {
    const held =
      acting === 0 ? 'It holds nobody now.' : `${plural(acting, 'container')} held by it get back what they had.`;
    return ask(state, 'disarm the guard?', [{ text: held }], {
      label: 'Disarm',
      effects: [{ type: 'arm-guard', armed: false }],
    });
  }
  const lines: Line[] = [
    ...rules.slice(0, SHOWN_RULES).map((text): Line => ({ text })),
    ...(rules.length > SHOWN_RULES ? [{ text: `and ${rules.length - SHOWN_RULES} more`, tone: 'dim' } as const] : []),
    { text: '' },
    {
      text: 'From now on it does what they say. Every act is told, is an event with its reason, and is taken back when its reason is over, when it is disarmed, and when you leave.',
      tone: 'notice',
    },
  ];
  return ask(state, `arm the guard with the ${plural(rules.length, 'rule')} of ${path}?`, lines, {
    label: 'Arm',
    effects: [{ type: 'arm-guard', armed: true }],
  });
};

export const guardCommands = { guard } satisfies Record<string, Handler>;
