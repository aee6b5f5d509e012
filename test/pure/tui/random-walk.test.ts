// Whatever is typed, in whatever order and at whatever size: the dashboard stands, and every frame of it can be painted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BINDINGS, type Binding } from '../../../src/tui/keymap.js';
import { InputParser } from '../../../src/tui/screen/index.js';
import { Desk } from '../../support/desk.js';

const SEED = Number(process.env['TEST_SEED'] ?? Date.now() % 1_000_000);
const KEYS = 1500;

/** A small generator (mulberry32): the same walk for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = [
  ...new Set((BINDINGS as readonly Binding[]).flatMap((binding) => binding.keys)),
  ...[
    'a',
    'Z',
    '0',
    '!',
    'é',
    '漢',
    '€',
    'backspace',
    'tab',
    'enter',
    'escape',
    'left',
    'right',
    'up',
    'down',
    '48m',
    'x y',
  ],
];
const SIZES: readonly (readonly [number, number])[] = [
  [120, 36],
  [80, 24],
  [200, 50],
  [60, 10],
  [100, 30],
  [81, 25],
];

describe('a walk over all keys', () => {
  it(`stands (replay with TEST_SEED=${SEED})`, async () => {
    const random = chance(SEED);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const desk = await Desk.open({ seed: SEED });
    const typed: string[] = [];
    try {
      for (let i = 0; i < KEYS; i++) {
        const key = pick(keys);
        typed.push(key);
        await desk.type(key);
        if (random() < 0.05) desk.resize(...pick(SIZES));
        if (random() < 0.05) await desk.advance(1000);
        if (random() < 0.1) {
          const [event] = new InputParser().feed(Buffer.from('\x1b[200~pasted\nlines\x1b[201~'));
          if (event?.type === 'paste') desk.dispatch({ type: 'input', event });
        }
        const rows = desk.text().split('\n');
        assert.equal(rows.length, desk.state.size.rows);
        const { selected, position } = desk.state.table;
        assert.ok(selected === undefined || position.selected >= 0, 'what is selected has a place');
      }
    } catch (error) {
      console.error(`seed ${SEED}, the last keys: ${typed.slice(-15).join(' ')}`);
      throw error;
    } finally {
      desk.close();
    }
  });
});
