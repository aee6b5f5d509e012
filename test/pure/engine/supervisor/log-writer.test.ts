// The log file: turned over between entries, kept to its number of files, told where the disk was full.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { BlockPool, LogWriter } from '../../../../src/engine/supervisor/log-writer.js';

const folder = mkdtempSync(join(tmpdir(), 'tscontain-log-'));
const path = join(folder, 'container.log');
const pool = new BlockPool();

const open = (maxSizeBytes = -1, maxFiles = 1) => new LogWriter({ path, config: { maxSizeBytes, maxFiles }, pool });
const read = (name = 'container.log') => readFileSync(join(folder, name), 'utf8');
const texts = (log: string) =>
  log
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').slice(2).join(' '));

after(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(folder)) unlinkSync(join(folder, name));
});

describe('the log writer', () => {
  it('keeps both streams in the order in which they came', async () => {
    const log = open();
    log.write('stdout', Buffer.from('a\n'));
    log.write('stderr', Buffer.from('b\n'));
    log.write('stdout', Buffer.from('c'));
    await log.close();
    assert.deepEqual(texts(read()), ['F a', 'F b', 'P c']);
    assert.match(read(), / stdout F a\n.* stderr F b\n.* stdout P c\n$/);
  });

  it('may be given the same memory again at once', async () => {
    const log = open();
    const chunk = Buffer.from('1\n');
    for (let i = 0; i < 10; i += 1) {
      chunk.write(String(i));
      log.write('stdout', chunk);
    }
    await log.close();
    assert.deepEqual(
      texts(read()),
      Array.from({ length: 10 }, (_, i) => `F ${i}`),
    );
  });

  it('turns over before the limit, between entries, and keeps the newest files', async () => {
    const log = open(1000, 3);
    for (let i = 0; i < 60; i += 1) log.write('stdout', Buffer.from(`line ${i}\n`));
    await log.close();
    assert.deepEqual(readdirSync(folder).sort(), ['container.log', 'container.log.1', 'container.log.2']);
    const kept = ['container.log.2', 'container.log.1', 'container.log'].flatMap((name) => {
      assert.ok(read(name).length <= 1000, `${name} has ${read(name).length} bytes`);
      return texts(read(name));
    });
    assert.deepEqual(
      kept,
      Array.from({ length: kept.length }, (_, i) => `F line ${60 - kept.length + i}`),
    );
    assert.ok(kept.length >= 40, `${kept.length} lines are left`);
  });

  it('with one file to keep begins that anew', async () => {
    const log = open(200, 1);
    for (let i = 0; i < 20; i += 1) log.write('stdout', Buffer.from(`line ${i}\n`));
    await log.close();
    assert.deepEqual(readdirSync(folder), ['container.log']);
    assert.equal(texts(read()).at(-1), 'F line 19');
    assert.ok(read().length <= 200);
  });

  it('writes an entry that is larger than a whole file all the same', async () => {
    const log = open(100, 2);
    log.write('stdout', Buffer.from(`${'x'.repeat(500)}\nshort\n`));
    await log.close();
    assert.deepEqual(texts(read('container.log.1')), [`F ${'x'.repeat(500)}`]);
    assert.deepEqual(texts(read()), ['F short']);
  });

  it('goes on behind what an earlier supervisor wrote, and mends the entry that was cut short', async () => {
    writeFileSync(
      path,
      '2026-01-01T00:00:00.000000000+00:00 stdout F whole\n2026-01-01T00:00:00.000000000+00:00 stdout F hal',
    );
    const log = open();
    log.write('stdout', Buffer.from('next\n'));
    await log.close();
    assert.deepEqual(texts(read()), ['F whole', 'F hal', 'F next']);
  });

  it('asks to wait while the disk is behind, and calls when it is not', async () => {
    const log = open();
    const drained = new Promise<void>((resolve) => log.onDrain(resolve));
    const chunk = Buffer.alloc(64 * 1024, 'y');
    for (let i = 0; i < 1000 && !log.isBehind; i += 1) log.write('stdout', chunk);
    assert.ok(log.isBehind);
    await drained;
    assert.ok(!log.isBehind);
    await log.close();
  });

  it('loses lines on a full disk without a word to the container, and tells where when there is room again', async () => {
    symlinkSync('/dev/full', path);
    const reasons: string[] = [];
    const log = new LogWriter({
      path,
      config: { maxSizeBytes: -1, maxFiles: 1 },
      pool,
      onLoss: (reason) => reasons.push(reason),
    });
    log.write('stdout', Buffer.from('lost\n'));
    await log.flush();
    log.write('stdout', Buffer.from('lost too\n'));
    await log.flush();
    assert.ok(!log.isBehind);
    assert.equal(reasons.length, 1, 'told once, not for every line');
    assert.match(reasons[0]!, /ENOSPC/);
    assert.match(log.lost ?? '', /\d+ bytes of its log were lost.*ENOSPC/);
    await log.close();
  });
});
