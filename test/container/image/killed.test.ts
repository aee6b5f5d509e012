// Several who use one store at once, and some of them killed with -9 in the middle of whatever they are at: what the store says it
// has, it has, and the next one goes on. TEST_SEED repeats a walk; SOAK=1 makes it long.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createImages } from '../../../src/engine/image/store.js';
import { chance, rounds } from '../../support/chance.js';
import { eventually } from '../../support/patience.js';
import { stateDirectory } from '../../support/state-directory.js';

const PROGRAM = join(__dirname, 'walk.program.cjs');

interface Walker {
  readonly child: ChildProcess;
  readonly said: () => string[];
  readonly ended: Promise<void>;
}

function walker(t: TestContext, root: string, seed: number, count?: number): Walker {
  const words = [PROGRAM, root, String(seed), ...(count === undefined ? [] : [String(count)])];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  t.after(() => child.kill('SIGKILL'));
  return {
    child,
    said: () => text.split('\n').filter((line) => line !== ''),
    ended: new Promise((resolve) => child.once('close', () => resolve())),
  };
}

const isReady = ({ said }: Walker) => eventually(() => assert.equal(said()[0], 'ready'));
const faults = ({ said }: Walker) => said().filter((line) => line !== 'ready' && line !== 'done');

describe('an image store', () => {
  it('that three use at once is sound all the time, and clean in the end', async (t) => {
    const root = stateDirectory(t);
    const luck = chance();
    t.diagnostic(`TEST_SEED=${luck.seed}`);
    const walkers = [1, 2, 3].map((i) => walker(t, root, luck.seed + i, rounds(150, 3000)));
    await Promise.all(walkers.map(isReady));
    const images = createImages(root);
    while (walkers.some(({ child }) => child.exitCode === null && child.signalCode === null)) {
      const { findings, isSound } = await images.check();
      assert.ok(isSound, JSON.stringify(findings));
      await delay(20);
    }
    await Promise.all(walkers.map(({ ended }) => ended));
    for (const each of walkers) assert.deepEqual(faults(each), []);
    for (const each of walkers) assert.equal(each.said().at(-1), 'done');
    await images.prune();
    assert.deepEqual(
      (await images.check()).findings.filter(({ kind }) => kind !== 'note'),
      [],
    );
  });

  it('whose users are killed at any moment has what it says it has', async (t) => {
    const root = stateDirectory(t);
    const luck = chance();
    t.diagnostic(`TEST_SEED=${luck.seed}`);
    for (let round = 0; round < rounds(12, 100); round += 1) {
      const walkers = [1, 2].map((i) => walker(t, root, luck.seed + 10 * round + i));
      await Promise.all(walkers.map(isReady));
      await delay(luck.below(200));
      for (const { child } of walkers) {
        child.kill('SIGKILL');
        await delay(luck.below(30));
      }
      await Promise.all(walkers.map(({ ended }) => ended));
      for (const each of walkers) assert.deepEqual(faults(each), []);
      const { findings, isSound, underWay } = await createImages(root).check();
      assert.ok(isSound, `round ${round}: ${JSON.stringify(findings)}`);
      assert.equal(underWay, 0, 'nobody is at anything');
    }
    const images = createImages(root);
    await images.check({ repair: true });
    assert.deepEqual((await images.check()).findings, [], 'a repair leaves nothing to be said');
    for (const { name, layers } of await images.list()) assert.deepEqual((await images.get(name)).layers, layers);
  });
});
