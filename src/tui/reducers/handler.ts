// What the reducers share: the shape of a command, and moving about in lists.
import type { Step } from '../actions.js';
import type { State } from '../state.js';
import { fitPosition, type ListPosition } from '../widgets/index.js';

/** What a command does. `argument` is what was pressed or chosen with it: the digit of a tab, the name of a column. */
export type Handler = (state: State, argument?: string) => Step;

export const MOVES = ['up', 'down', 'page-up', 'page-down', 'first', 'last'] as const;
export type Move = (typeof MOVES)[number];

/** How far a move goes in a list of `total` with room for `height`. */
export function distanceOf(move: Move, total: number, height: number): number {
  switch (move) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'page-up':
      return -Math.max(1, height - 1);
    case 'page-down':
      return Math.max(1, height - 1);
    case 'first':
      return -total;
    case 'last':
      return total;
  }
}

export function moveList(position: ListPosition, move: Move, total: number, height: number): ListPosition {
  const selected = position.selected + distanceOf(move, total, height);
  return fitPosition({ ...position, selected }, total, height);
}
