// Where a list that is longer than its window stands: pure functions, used by tables, menus, viewers and help alike.

export interface ListPosition {
  /** The row that is selected; -1 where there is none. */
  readonly selected: number;
  /** The first row that is shown. */
  readonly top: number;
}

export const LIST_START: ListPosition = { selected: 0, top: 0 };

/** `position` put right for a list of `total` rows in a window of `height`: nothing out of reach, no empty rows at the end. */
export function fitPosition(position: ListPosition, total: number, height: number): ListPosition {
  const selected = Math.max(total > 0 ? 0 : -1, Math.min(position.selected, total - 1));
  const visible = Math.max(1, height);
  let top = Math.max(0, Math.min(position.top, total - visible));
  if (selected >= 0) top = Math.min(selected, Math.max(top, selected - visible + 1));
  return { selected, top };
}

/**
 * `position` after a key that moves: up, down, k, j, pageup, pagedown, ctrl-u, ctrl-d, home, end, g, G.
 *
 * @returns undefined where the key does not move
 */
export function moveByKey(
  position: ListPosition,
  key: string,
  total: number,
  height: number,
): ListPosition | undefined {
  const step = stepOf(key, Math.max(1, height), total);
  if (step === undefined) return undefined;
  return fitPosition({ ...position, selected: position.selected + step }, total, height);
}

/** Rows that a moving key moves by; undefined for any other key. */
export function stepOf(key: string, height: number, total: number): number | undefined {
  switch (key) {
    case 'up':
    case 'k':
      return -1;
    case 'down':
    case 'j':
      return 1;
    case 'pageup':
      return -height;
    case 'pagedown':
      return height;
    case 'ctrl-u':
      return -Math.ceil(height / 2);
    case 'ctrl-d':
      return Math.ceil(height / 2);
    case 'home':
    case 'g':
      return -total;
    case 'end':
    case 'G':
      return total;
    default:
      return undefined;
  }
}

/** `position` scrolled by the wheel: the window moves, the selection only as far as it must to stay in it. */
export function moveByWheel(position: ListPosition, rows: number, total: number, height: number): ListPosition {
  const visible = Math.max(1, height);
  const top = Math.max(0, Math.min(position.top + rows, total - visible));
  const selected = position.selected < 0 ? -1 : Math.min(Math.max(position.selected, top), top + visible - 1);
  return fitPosition({ selected, top }, total, height);
}
