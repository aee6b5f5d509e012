// How much memory unpacking takes, whatever the layer: a gigabyte that passes through, and layers made to take all there is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, it, type TestContext } from 'node:test';
import { createGzip } from 'node:zlib';
import { END, pax, raw } from '../../support/raw-tar.js';
import { stateDirectory } from '../../support/state-directory.js';

const MiB = 2 ** 20;
const MOST_BYTES = 150 * MiB;
const PROGRAM = resolve('build/test/container/layer/memory.program.cjs');

async function unpack(t: TestContext, write: (path: string) => Promise<void>) {
  const top = stateDirectory(t);
  const [blob, tree] = [join(top, 'blob'), join(top, 'tree')];
  mkdirSync(tree);
  await write(blob);
  const said = execFileSync(process.execPath, [PROGRAM, blob, tree], { encoding: 'utf8' });
  const { outcome, peakBytes } = JSON.parse(said) as { outcome: string; peakBytes: number };
  t.diagnostic(`${outcome}; ${Math.round(peakBytes / MiB)} MiB at most, of ${statSync(blob).size} bytes`);
  assert.ok(peakBytes < MOST_BYTES, `${Math.round(peakBytes / MiB)} MiB`);
  return {
    outcome,
    tree,
    used: () => Number(execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t')[0]) * 1024,
  };
}

async function gzipped(path: string, pieces: Iterable<Buffer>): Promise<void> {
  await pipeline(pieces, createGzip({ level: 1 }), createWriteStream(path));
}

function* zeros(bytes: number): Generator<Buffer> {
  const piece = Buffer.alloc(MiB);
  for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, Math.min(left, piece.length));
}

describe('the memory that unpacking takes', () => {
  it('does not grow with the layer', async (t) => {
    const block = Buffer.from(Array.from({ length: MiB }, (_, i) => (i * 2654435761) >>> 24));
    const { outcome } = await unpack(t, (path) =>
      gzipped(
        path,
        (function* () {
          for (let i = 0; i < 200; i++) yield raw({ name: `f${i}` }, block);
          yield END;
        })(),
      ),
    );
    assert.equal(outcome, 'unpacked');
  });

  it('does not grow with the number of its entries', async (t) => {
    const { outcome } = await unpack(t, (path) =>
      gzipped(
        path,
        (function* () {
          for (let i = 0; i < 60_000; i++) yield raw({ name: `directory-with-a-long-name-${i}/`, flag: '5' });
          yield END;
        })(),
      ),
    );
    assert.equal(outcome, 'unpacked');
  });

  it('nor with ten gigabytes of zeros, which are refused when they are announced', async (t) => {
    const { outcome, used } = await unpack(t, (path) =>
      gzipped(
        path,
        (function* () {
          yield raw({ name: 'zeros', size: 0o77777777777 });
          yield* zeros(400 * MiB);
        })(),
      ),
    );
    assert.match(outcome, /has a file of 8589934591 bytes, which is more than it may/);
    assert.ok(used() < MiB);
  });

  it('nor when they come in pieces that each are harmless', async (t) => {
    const { outcome, used } = await unpack(t, async (path) => {
      const program = `zstd -q -f -19 -o ${path}`;
      const { spawn } = await import('node:child_process');
      const child = spawn('sh', ['-c', program], { stdio: ['pipe', 'ignore', 'inherit'] });
      const zeroFile = Buffer.alloc(10 * MiB);
      for (let i = 0; i < 60; i++)
        if (!child.stdin.write(raw({ name: `z${i}` }, zeroFile))) await once(child.stdin, 'drain');
      child.stdin.end();
      await once(child, 'close');
    });
    assert.match(outcome, /times as large, which is more than it may/);
    assert.ok(used() < 300 * MiB);
  });

  it('nor with extended headers as large as they may be', async (t) => {
    const { outcome } = await unpack(t, (path) =>
      gzipped(
        path,
        (function* () {
          for (let i = 0; i < 100; i++) {
            yield pax([[`comment${i}`, 'x'.repeat(1_000_000)]]);
            yield raw({ name: `f${i}` }, 'x');
          }
          yield END;
        })(),
      ),
    );
    assert.equal(outcome, 'unpacked');
  });

  it('nor with a window of zstd beyond what everybody must have', async (t) => {
    const { outcome } = await unpack(t, async (path) => {
      execFileSync('sh', ['-c', `head -c 300000000 /dev/zero | zstd -q --ultra -22 --long=28 -o ${path}`]);
      await Promise.resolve();
    });
    assert.match(outcome, /bytes of memory, which is more than it may/);
  });
});
