// Mouse events as a program has asked for them (xterm ctlseqs, "Mouse Tracking").
import type { MouseEvent } from '../screen/index.js';

/** Which events the program wants: none, presses (x10), and releases (vt200), and drags, and every motion. */
export type MouseTracking = 'none' | 'x10' | 'vt200' | 'drag' | 'any';

/** How it wants them: the old form with its limit of 223 columns, UTF-8 (1005), SGR (1006), urxvt (1015). */
export type MouseEncoding = 'legacy' | 'utf8' | 'sgr' | 'urxvt';

const buttonCodes = { left: 0, middle: 1, right: 2, none: 3 } as const;
const wheelCodes = { 'wheel-up': 64, 'wheel-down': 65, 'wheel-left': 66, 'wheel-right': 67 } as const;

const wanted: Readonly<Record<MouseTracking, readonly MouseEvent['action'][]>> = {
  none: [],
  x10: ['press'],
  vt200: ['press', 'release', 'wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'],
  drag: ['press', 'release', 'drag', 'wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'],
  any: ['press', 'release', 'drag', 'move', 'wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'],
};

/**
 * @param x column in the program's own window, from 0
 * @returns the bytes to send, or undefined where the program does not want this event or cannot be told
 */
export function encodeMouse(
  event: MouseEvent,
  x: number,
  y: number,
  tracking: MouseTracking,
  encoding: MouseEncoding,
): Buffer | undefined {
  const { action } = event;
  if (!wanted[tracking].includes(action)) return undefined;
  const isWheel = action in wheelCodes;
  const base = isWheel ? wheelCodes[action as keyof typeof wheelCodes] : buttonCodes[event.button];
  const motion = action === 'drag' || action === 'move' ? 32 : 0;
  const modifiers = tracking === 'x10' ? 0 : (event.shift ? 4 : 0) + (event.alt ? 8 : 0) + (event.ctrl ? 16 : 0);
  const code = base + motion + modifiers;
  const released = action === 'release';
  if (encoding === 'sgr') return Buffer.from(`\x1b[<${code};${x + 1};${y + 1}${released ? 'm' : 'M'}`);
  // The other forms do not say which button was released.
  const plain = (released ? 3 + modifiers : code) + 32;
  if (encoding === 'urxvt') return Buffer.from(`\x1b[${plain};${x + 1};${y + 1}M`);
  const limit = encoding === 'utf8' ? 2015 : 223;
  if (x + 1 > limit || y + 1 > limit) return undefined;
  const characters = String.fromCharCode(plain, x + 33, y + 33);
  return Buffer.from(`\x1b[M${characters}`, encoding === 'utf8' ? 'utf8' : 'latin1');
}
