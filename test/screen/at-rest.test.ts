// Nothing changed, nothing written: the real loop with a frame due after every sample, on a machine on which nothing moves.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyBytes } from '../support/key-bytes.js';
import { Emulator } from '../support/emulator.js';
import { eventually, patience } from '../support/patience.js';

/** What brings each view to the front, from the one before it, and what shows that it is there. */
const VIEWS = [
  ['the table and the graphs of one', [], '⏎ open'],
  ['graphs on the whole screen', ['2', 'z'], 'zoom time'],
  ['logs', ['z', '3'], 'follow'],
  ['processes', ['4'], 'sort'],
  ['all their graphs', ['m'], 'one scale for all'],
  ['who hurts whom', ['w'], 'quieten'],
  ['events', ['v'], '┤events├'],
  ['the limits of one', ['v', '1', 'u'], 'limits of'],
] as const;

describe('a dashboard at rest', () => {
  let scratch: string;
  let counts: string;
  let screen: Emulator;
  before(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
    counts = join(scratch, 'counts');
    screen = new Emulator({
      columns: 200,
      rows: 50,
      command: [process.execPath, join(__dirname, 'at-rest.program.cjs'), counts],
    });
    await screen.waitFor('⏎ open', patience(15_000));
  });
  after(async () => {
    await screen.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** How often it was measured, and how often a frame read what was. */
  const counted = (): { samples: number; reads: number } => {
    const [samples = NaN, reads = NaN] = readFileSync(counts, 'latin1').split(' ').map(Number);
    return { samples, reads };
  };

  for (const [view, keys, shown] of VIEWS) {
    it(`writes nothing in ${view}`, async () => {
      for (const key of keys) {
        screen.type(keyBytes(key));
        await sleep(50);
      }
      await screen.waitFor(shown, patience(10_000));
      await screen.settle(300, patience(20_000));
      const chunks = screen.output.length;
      const before_ = counted();
      await eventually(() => {
        const { samples, reads } = counted();
        assert.ok(samples >= before_.samples + 10 && reads >= before_.reads + 10, 'frames were made');
      });
      assert.deepEqual(screen.output.slice(chunks).map(String), [], 'and nothing was in them');
    });
  }
});
