// Many launches: in a row, at once, under garbage collection; descriptors, memory and processes stay as they were.
import assert from 'node:assert/strict';
import { closeSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as native from '../../../src/native/index.js';
import { children, containerNamespaces, execve, openDescriptors, ownProc, run } from '../../support/launching.js';
import { patience } from '../../support/patience.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** KiB in use by JavaScript and by malloc. The whole process would not do: V8's reserve breathes by tens of MiB. */
function memory(): { script: number; malloc: number } {
  const { heapUsed, external } = process.memoryUsage();
  const heap = /\[heap\]\n(?:.*\n)*?Rss:\s+([0-9]+) kB/.exec(readFileSync('/proc/self/smaps', 'utf8'));
  assert.ok(heap !== null);
  return { script: (heapUsed + external) / 1024, malloc: Number(heap[1]) };
}

/** Mappings of this process: a page that is never unmapped is one more. V8 makes and drops some too. */
const mappings = (): number => readFileSync('/proc/self/maps', 'utf8').split('\n').length;

/** Fewer where everything is slow. */
const many = Math.ceil(500 / patience(1));

const ROUNDS = 3;
/** KiB a launch. */
const MOST_LOST = 1.4;

describe('many launches', () => {
  it(`succeed under garbage collection, ${many} of ${many}`, async () => {
    let litter: unknown[] = [];
    for (let i = 0; i < many; i++) {
      litter.push(Array.from({ length: 2000 }, (_, j) => ({ i, j, text: `${i}-${j}` })));
      if (i % 10 === 0) {
        litter = [];
        collectGarbage();
      }
      const { status } = await run([...ownProc, execve('/bin/true')], {
        namespaces: native.CLONE_NEWNS | native.CLONE_NEWPID | native.CLONE_NEWUTS,
      });
      assert.deepEqual(status, { code: 0 }, `launch ${i}`);
    }
  });

  it('can be under way at once, each with its own outcome', async () => {
    const before = openDescriptors();
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const script = execve('/bin/sh', '-c', `exit ${i}`);
        const wait: native.Step = { name: 'wait', call: 'nanosleep', args: [{ words: [0, 1_000_000 * (i % 7)] }, 0] };
        const bad: native.Step = { name: `bad ${i}`, call: 'mkdirat', args: [native.AT_FDCWD, '/proc/nowhere', 0] };
        try {
          const { status } = await run(i % 3 === 0 ? [wait, bad, script] : [wait, script], {
            namespaces: i % 2 === 0 ? containerNamespaces : 0,
          });
          return status;
        } catch (error) {
          return (error as native.LaunchError).step.name;
        }
      }),
    );
    assert.deepEqual(
      outcomes,
      outcomes.map((_, i) => (i % 3 === 0 ? `bad ${i}` : { code: i })),
    );
    assert.deepEqual(openDescriptors(), before);
    assert.deepEqual(children(), []);
  });

  it('leave descriptors, mappings and memory flat, failed ones too', async () => {
    const one = async (i: number): Promise<void> => {
      try {
        const { pid, pidfd } = await native.launch([execve(i % 4 === 0 ? '/bin/nosuch' : '/bin/true')]);
        closeSync(pidfd);
        await new Promise((resolve) => native.onChildExit(pid, resolve));
      } catch (error) {
        assert.ok(error instanceof native.LaunchError, String(error));
      }
    };
    for (let i = 0; i < many; i++) await one(i);
    collectGarbage();
    const before = { descriptors: openDescriptors(), mappings: mappings() };
    const seen = [memory()];
    for (let round = 0; round < ROUNDS; round++) {
      for (let i = 0; i < many; i++) await one(i);
      collectGarbage();
      seen.push(memory());
    }
    assert.deepEqual(openDescriptors(), before.descriptors);
    assert.deepEqual(children(), []);
    assert.ok(mappings() - before.mappings < 700, `${mappings() - before.mappings} more mappings`);
    for (const kind of ['script', 'malloc'] as const) {
      // What is lost at each launch is lost in every round; V8's compiler takes 2 MiB of malloc's once, whenever that is.
      const grew = seen.slice(1).map((memory, round) => memory[kind] - seen[round]![kind]);
      assert.ok(
        Math.min(...grew) < MOST_LOST * many,
        `${kind}: ${grew.join(', ')} KiB more in rounds of ${many} launches`,
      );
    }
  });
});
