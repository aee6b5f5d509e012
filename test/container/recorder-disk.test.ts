// Writing down on a disk that is full or read-only: it is told once, nobody else notices, it goes on as soon as it can, and what
// is there is whole. Ten times as quick as supervisors do it, on a real file system.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createRecorder, HOST_ID, openArchive, type Archive, type Recorder } from '../../src/metrics/index.js';
import { decodeHeader } from '../../src/metrics/archive/format.js';
import { RINGS } from '../../src/metrics/archive/rings.js';
import { newCgroup } from '../support/cgroups.js';
import { smallDisk } from '../support/mounted.js';
import { eventually, patience } from '../support/patience.js';

const INTERVAL_MS = 100;
/** Two rounds of ten samples, in which a second sentence would be said. */
const TWO_ROUNDS_MS = 2 * 10 * INTERVAL_MS;
const PATIENCE_MS = 20_000;

interface Desk {
  readonly recorder: Recorder;
  readonly said: readonly string[];
  readonly archive: Archive;
  readonly begin: () => void;
  readonly metrics: string;
  /** Until something newer than `since` is written down of it. */
  readonly writtenDown: (since: number, id?: string) => Promise<void>;
}

/** Somebody who writes down one cgroup, `web`, in the directory of a container. */
function desk(t: TestContext, folder: string, hostDirectory = join(folder, 'host')): Desk {
  const said: string[] = [];
  const recorder = createRecorder({ hostDirectory, say: (sentence) => said.push(sentence), intervalMs: INTERVAL_MS });
  t.after(() => recorder.close());
  const { paths } = newCgroup(t);
  const archive = openArchive({ host: hostDirectory, containers: [join(folder, 'containers')] });
  const metrics = join(folder, 'containers/web/metrics');
  return {
    recorder,
    said,
    archive,
    metrics,
    begin: () => recorder.begin({ id: 'web', cgroup: paths, directory: metrics }),
    writtenDown: (since, id = 'web') =>
      eventually(async () => {
        const until = (await archive.list()).find((one) => one.id === id)?.until ?? 0;
        assert.ok(until > since, `${id} is written down until ${until}, not yet until ${since}`);
      }, PATIENCE_MS),
  };
}

function isWhole({ metrics }: Desk): void {
  for (const { file } of RINGS) assert.ok(decodeHeader(readFileSync(join(metrics, file))), `${file} has its heading`);
}

describe('what containers use, on a disk that is full', () => {
  it('is not written down, which is told once, and is again when there is room, with all that was before', async (t) => {
    const disk = smallDisk(t, '1m');
    mkdirSync(join(disk.path, 'containers/web'), { recursive: true });
    const one = desk(t, disk.path);
    one.begin();
    const began = Date.now();
    await one.writtenDown(began);
    await one.writtenDown(began, HOST_ID);
    disk.fill();
    await eventually(() => assert.equal(one.said.length, 1), PATIENCE_MS);
    assert.match(one.said[0]!, /^what containers use cannot be written down for now: \/.*: ENOSPC: no space left/);
    await delay(patience(TWO_ROUNDS_MS));
    assert.equal(one.said.length, 1, 'once');
    disk.empty();
    const emptied = Date.now();
    await one.writtenDown(emptied);
    await eventually(() => assert.equal(one.said.length, 2));
    assert.match(
      one.said[1]!,
      /^what containers use is written down again, after \d+ s in which it was not \(.*ENOSPC/,
    );
    isWhole(one);
    const stretch = await one.archive.load(['web'], began, Date.now());
    assert.ok(stretch.sampleAt('web', began + 500), 'what was before is there');
    assert.ok(stretch.sampleAt('web', emptied + 500), 'and what came after');
    assert.equal((await one.archive.list()).length, 2);
    await one.recorder.close();
    assert.equal(one.said.length, 2);
  });

  it('from the beginning, is written down from when there is room', async (t) => {
    const disk = smallDisk(t, '1m');
    mkdirSync(join(disk.path, 'containers/web'), { recursive: true });
    disk.fill();
    const one = desk(t, disk.path);
    one.begin();
    await eventually(() => assert.equal(one.said.length, 1), PATIENCE_MS);
    await delay(patience(TWO_ROUNDS_MS));
    disk.empty();
    await one.writtenDown(Date.now());
    isWhole(one);
    assert.equal(one.said.length, 2);
  });

  it('and of one that ends there, nothing is said but that it could not be', async (t) => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'tscontain-host-'));
    t.after(() => rmSync(elsewhere, { recursive: true }));
    const disk = smallDisk(t, '1m');
    mkdirSync(join(disk.path, 'containers/web'), { recursive: true });
    const one = desk(t, disk.path, join(elsewhere, 'host'));
    one.begin();
    await one.writtenDown(Date.now());
    disk.fill();
    await eventually(() => assert.equal(one.said.length, 1), PATIENCE_MS);
    one.recorder.end('web');
    await one.recorder.close();
    assert.deepEqual(one.said.slice(1), []);
  });
});

describe('what containers use, in a directory that is read-only', () => {
  it('is not written down, which is told once, and is when it can be written to', async (t) => {
    const disk = smallDisk(t, '1m');
    mkdirSync(join(disk.path, 'containers/web'), { recursive: true });
    disk.setReadOnly(true);
    const one = desk(t, disk.path);
    one.begin();
    await eventually(() => assert.equal(one.said.length, 1), PATIENCE_MS);
    assert.match(one.said[0]!, /cannot be written down for now: \/.*EROFS/);
    await delay(patience(TWO_ROUNDS_MS));
    assert.equal(one.said.length, 1, 'once');
    disk.setReadOnly(false);
    await one.writtenDown(Date.now());
    await one.writtenDown(Date.now(), HOST_ID);
    assert.equal(one.said.length, 2);
    isWhole(one);
  });
});
