// Reading logs: what was written is what is read, whole or from its end, across rotations, while it grows.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { readLog } from '../../../src/engine/logs/read.js';
import type { LogsOptions } from '../../../src/engine/model.js';
import { layout } from '../../../src/engine/state/layout.js';
import { timestamp } from '../../../src/engine/supervisor/cri.js';
import { gather } from '../../support/gather.js';
import { stateDirectory } from '../../support/state-directory.js';

const ID = 'b'.repeat(64);
const NOON = Date.parse('2026-05-06T12:00:00Z');

function emptyLog(test: Pick<TestContext, 'after'>) {
  const root = stateDirectory(test);
  mkdirSync(layout.logs(root, ID), { recursive: true });
  return { root, path: layout.log(root, ID) };
}

/** One entry; `at` is in seconds after noon. */
function entry(text: string | Buffer, { at = 0, stream = 'stdout', tag = 'F' } = {}): Buffer {
  return Buffer.concat([
    Buffer.from(`${timestamp(NOON + at * 1000)} ${stream} ${tag} `),
    Buffer.from(text),
    Buffer.from('\n'),
  ]);
}

async function read(root: string, options: LogsOptions = {}, isLive = () => false): Promise<string[]> {
  const lines: string[] = [];
  for await (const entries of readLog({ root, id: ID, isLive }, options)) {
    for (const { text, partial } of entries) lines.push(`${text.toString('latin1')}${partial ? '…' : ''}`);
  }
  return lines;
}

describe('a log', () => {
  it('is empty when nothing was written', async (t) => {
    const { root, path } = emptyLog(t);
    assert.deepEqual(await read(root), []);
    writeFileSync(path, '');
    assert.deepEqual(await read(root, { tail: 5 }), []);
  });

  it('gives time, stream, pieces and bytes as they were written', async (t) => {
    const { root, path } = emptyLog(t);
    const bytes = Buffer.from([0, 255, 27, 91, 128, 13]);
    writeFileSync(path, Buffer.concat([entry(bytes, { at: 1.5, stream: 'stderr' }), entry('x', { tag: 'P' })]));
    const [entries] = await gather(readLog({ root, id: ID, isLive: () => false }, {}));
    assert.equal(entries?.length, 2);
    assert.equal(entries[0]!.time, '2026-05-06T12:00:01.500000000+00:00');
    assert.equal(entries[0]!.stream, 'stderr');
    assert.equal(entries[0]!.partial, false);
    assert.deepEqual(entries[0]!.text, bytes);
    assert.equal(entries[1]!.partial, true);
  });

  it('is read across its rotated files, the oldest first', async (t) => {
    const { root, path } = emptyLog(t);
    writeFileSync(`${path}.2`, entry('1'));
    writeFileSync(`${path}.1`, Buffer.concat([entry('2'), entry('3')]));
    writeFileSync(path, entry('4'));
    assert.deepEqual(await read(root), ['1', '2', '3', '4']);
    assert.deepEqual(await read(root, { tail: 3 }), ['2', '3', '4']);
    assert.deepEqual(await read(root, { tail: 1 }), ['4']);
    assert.deepEqual(await read(root, { tail: 0 }), []);
    assert.deepEqual(await read(root, { tail: 99 }), ['1', '2', '3', '4']);
  });

  it('is filtered by time and stream', async (t) => {
    const { root, path } = emptyLog(t);
    const lines = [1, 2, 3, 4].map((at) => entry(String(at), { at, stream: at % 2 === 0 ? 'stderr' : 'stdout' }));
    writeFileSync(path, Buffer.concat(lines));
    assert.deepEqual(await read(root, { since: NOON + 2000 }), ['2', '3', '4']);
    assert.deepEqual(await read(root, { until: NOON + 3000 }), ['1', '2', '3']);
    assert.deepEqual(await read(root, { since: NOON + 1500, until: NOON + 2500 }), ['2']);
    assert.deepEqual(await read(root, { stderr: false }), ['1', '3']);
    assert.deepEqual(await read(root, { stdout: false, tail: 1 }), ['4']);
    assert.deepEqual(await read(root, { stderr: false, tail: 1 }), ['3']);
  });

  it('counts a line that was logged in pieces as one', async (t) => {
    const { root, path } = emptyLog(t);
    const pieces = [
      entry('a'),
      entry('b1', { tag: 'P' }),
      entry('b2', { tag: 'P' }),
      entry('b3'),
      entry('c', { tag: 'P' }),
    ];
    writeFileSync(path, Buffer.concat(pieces));
    assert.deepEqual(await read(root, { tail: 1 }), ['c…']);
    assert.deepEqual(await read(root, { tail: 2 }), ['b1…', 'b2…', 'b3', 'c…']);
    assert.deepEqual(await read(root, { tail: 3 }), ['a', 'b1…', 'b2…', 'b3', 'c…']);
  });

  it('loses only what a full disk cut short', async (t) => {
    const { root, path } = emptyLog(t);
    const torn = entry('torn').subarray(0, 20);
    writeFileSync(
      path,
      Buffer.concat([entry('1'), torn, Buffer.from('\n'), entry('2'), Buffer.from('junk\n'), entry('3'), torn]),
    );
    assert.deepEqual(await read(root), ['1', '2', '3']);
    assert.deepEqual(await read(root, { tail: 2 }), ['2', '3']);
  });

  it('has the same end whichever way it is found, whatever the sizes of lines and files', async (t) => {
    const { root, path } = emptyLog(t);
    const line = fc.record({
      length: fc.oneof(fc.nat(200), fc.integer({ min: 15_000, max: 16_384 })),
      tag: fc.constantFrom('F', 'F', 'F', 'P'),
      stream: fc.constantFrom('stdout', 'stderr'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { maxLength: 40 }), { minLength: 1, maxLength: 3 }),
        fc.nat(60),
        async (files, tail) => {
          files.forEach((lines, index) => {
            const content = Buffer.concat(
              lines.map(({ length, tag, stream }, n) => entry(`${n}`.padEnd(length, 'x'), { tag, stream })),
            );
            writeFileSync(index === files.length - 1 ? path : `${path}.${files.length - 1 - index}`, content);
          });
          const all = await read(root);
          const ends = all.map((text, index) => !text.endsWith('…') || index === all.length - 1);
          let start = all.length;
          for (let lines = 0; start > 0; start--) if (ends[start - 1] && (lines += 1) > tail) break;
          assert.deepEqual(await read(root, { tail }), all.slice(start));
          for (const index of [1, 2]) writeFileSync(`${path}.${index}`, '');
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a log that is followed', () => {
  /** Gathers what comes until `isLive` says no. */
  function follow(root: string, options: LogsOptions = {}) {
    const source = { live: true };
    const lines: string[] = [];
    const done = (async () => {
      for await (const entries of readLog({ root, id: ID, isLive: () => source.live }, { follow: true, ...options }))
        for (const { text } of entries) lines.push(text.toString());
    })();
    const until = async (count: number) => {
      for (
        const deadline = Date.now() + 5000;
        lines.length < count;
        await new Promise((resolve) => setTimeout(resolve, 2))
      )
        assert.ok(Date.now() < deadline, `only ${lines.length} of ${count} lines came: ${lines.join()}`);
    };
    return { source, lines, done, until };
  }

  it('goes on across rotations and ends with the container, with nothing lost or doubled', async (t) => {
    const { root, path } = emptyLog(t);
    const reader = follow(root);
    appendFileSync(path, entry('1'));
    await reader.until(1);
    // Half an entry is none yet.
    appendFileSync(path, entry('2').subarray(0, 30));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(reader.lines, ['1']);
    appendFileSync(path, entry('2').subarray(30));
    await reader.until(2);
    // Two rotations at once, with lines before, between and after.
    appendFileSync(path, entry('3'));
    renameSync(path, `${path}.1`);
    appendFileSync(path, entry('4'));
    renameSync(`${path}.1`, `${path}.2`);
    renameSync(path, `${path}.1`);
    appendFileSync(path, entry('5'));
    await reader.until(5);
    appendFileSync(path, entry('6'));
    reader.source.live = false;
    await reader.done;
    assert.deepEqual(reader.lines, ['1', '2', '3', '4', '5', '6']);
  });

  it('begins at the end that was asked for, and ends when its signal says so', async (t) => {
    const { root, path } = emptyLog(t);
    writeFileSync(path, Buffer.concat([entry('1'), entry('2'), entry('3')]));
    const controller = new AbortController();
    const reader = follow(root, { tail: 1, signal: controller.signal });
    await reader.until(1);
    appendFileSync(path, entry('4'));
    await reader.until(2);
    controller.abort();
    await reader.done;
    assert.deepEqual(reader.lines, ['3', '4']);
  });
});
