// What is switched on when the dashboard takes the terminal, and the same things switched off when it gives it back.

/** Mouse by press, release and drag (1000, 1002), in a form without a limit on columns (1006). */
const MOUSE_ON = '\x1b[?1000h\x1b[?1002h\x1b[?1006h';
const MOUSE_OFF = '\x1b[?1003l\x1b[?1006l\x1b[?1002l\x1b[?1000l';
/** Mouse motion without a button: only for shell tabs whose program asks, for it makes an event of every cell crossed. */
export const MOTION_ON = '\x1b[?1003h';
/** Terminals treat the tracking modes as one setting: leaving 1003 needs 1002 again. */
export const MOTION_OFF = '\x1b[?1003l\x1b[?1002h';

export const mouseSequence = (on: boolean): string => (on ? MOUSE_ON : MOUSE_OFF);

/** Alternate screen, cursor hidden, bracketed paste, focus reports. */
export function enterSequence(mouse: boolean): string {
  return `\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?1004h${mouse ? MOUSE_ON : ''}`;
}

/**
 * Everything back. CAN (0x18) first, which ends a sequence that was cut off in the middle; the screen is cleared for the
 * kernel's console, which has no alternate one.
 */
export function leaveSequence(): string {
  return `\x18\x1b[?2026l${MOUSE_OFF}\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[H\x1b[2J\x1b[?1049l\x1b[?25h`;
}

/** Brackets around a frame, so that a terminal which knows them (mode 2026) shows it at once and not in parts. */
export const FRAME_BEGIN = '\x1b[?2026h';
export const FRAME_END = '\x1b[?2026l';
