// The story that the demo tells a new user, with real containers: a noisy one wakes, a notice names it, two keys quieten it, the
// notice goes. How soon is measured by `npm run record`; here it only has to come to its end, on every kind of host.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { patience } from '../support/patience.js';

/** That a wait is noticed takes seconds; a machine that is busy with something else takes its time. */
const LONG_MS = 60_000;
/** Between two looks whether it tells of the noisy one. */
const LOOK_MS = 15_000;

let house: House;
before(async () => {
  house = new House();
  await house.ok('run', '--rm', 'base', 'true');
});
after(() => house.close());

it('the demo shows who is noisy, and the key that it names ends it', async (t) => {
  const command = [process.execPath, product('tscontain-tui'), '--root', house.root, '--demo'] as const;
  const screen = new Emulator({ command, columns: 110, rows: 32 });
  const accuses = (): boolean => screen.row(1).includes('demo-noisy takes');
  try {
    await screen.waitFor('W wakes the noisy one', patience(LONG_MS));
    // It wakes by itself once; on a machine that looked away it is woken again.
    for (let woken = 0; woken < 3 && !accuses(); woken++) {
      if (woken > 0) screen.type('W');
      await screen.waitFor(accuses, patience(LOOK_MS)).catch(() => undefined);
    }
    if (screen.row(1).includes('outside of containers')) {
      t.skip('this machine is so busy with something else that the demo is not what is noisy on it');
      return;
    }
    assert.match(screen.row(1), /demo-(?:web|db|backup) .*demo-noisy takes/, screen.text());
    screen.type('w');
    await screen.waitFor('who hurts whom', patience(5000));
    screen.type('U');
    await screen.waitFor('limits of demo-noisy', patience(5000));
    screen.type('\r');
    await screen.waitFor('demo-noisy has new limits', patience(LOOK_MS));
    await screen.waitFor(() => !/demo-noisy (?:takes|has new limits)/.test(screen.row(1)), patience(LONG_MS));
    screen.type('\x1b');
    await screen.waitFor(() => !screen.text().includes('who hurts whom'), patience(5000));
    screen.type('q');
    await screen.waitFor(/containers of the demo are removed/, patience(LONG_MS));
    await screen.ended;
    assert.doesNotMatch(await house.ok('ps', '-a'), /demo-/, 'all of the demo is taken away at the end');
  } finally {
    await screen.close();
  }
});
