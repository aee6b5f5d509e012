// However the dashboard ends, in the middle of whatever, the terminal is as it was before.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FATAL_SIGNALS } from '../../src/tui/screen/process-end.js';
import { Emulator } from '../support/emulator.js';
import { assertGivenBack } from '../support/given-back.js';
import { patience } from '../support/patience.js';

const WAIT_MS = patience(15_000);
const opened: Emulator[] = [];

async function open(env: Record<string, string> = {}): Promise<Emulator> {
  const command = [process.execPath, join(__dirname, 'ends.program.cjs')] as const;
  const screen = new Emulator({ columns: 120, rows: 36, env, command: [...command] });
  opened.push(screen);
  await screen.waitFor('ci-runner', WAIT_MS);
  assert.equal(screen.terminal.buffer.active.type, 'alternate');
  return screen;
}

/** What the dashboard may be in the middle of, by the keys that lead there. */
const BUSY: readonly (readonly [keys: string, shown: string])[] = [
  ['', 'ci-runner'],
  ['e', 'root@web'],
  ['u', 'limits of'],
  ['m', 'one scale for all'],
];

after(() => Promise.all(opened.map((screen) => screen.close())));

describe('the dashboard gives the terminal back', () => {
  FATAL_SIGNALS.forEach((signal, i) => {
    const [keys, shown] = BUSY[i % BUSY.length]!;
    it(`by ${signal} while “${shown}” is on the screen, and dies of it`, async () => {
      const screen = await open();
      screen.type(keys);
      await screen.waitFor(shown, WAIT_MS);
      screen.child.kill(signal);
      assert.deepEqual(await screen.ended, { code: null, signal });
      await screen.settle();
      assertGivenBack(screen);
    });
  });

  it('after an exception inside a widget, which is then told where one can read it', async () => {
    const screen = await open({ BROKEN: '1' });
    screen.type('R\x15broken\r');
    assert.deepEqual(await screen.ended, { code: 1, signal: null });
    await screen.waitFor('Error: thrown in a widget on purpose', WAIT_MS);
    assertGivenBack(screen);
  });

  it('after the last key', async () => {
    const screen = await open();
    screen.type('q');
    assert.deepEqual(await screen.ended, { code: 0, signal: null });
    await screen.settle();
    assertGivenBack(screen);
  });
});
