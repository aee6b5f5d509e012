// What supervisors write down: it is there for whoever comes later, whoever was killed, and goes when the container goes.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { metricsPlaces } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { readEntry, registered } from '../../../src/engine/supervisor/registry.js';
import { HOST_ID, openArchive, type Archive } from '../../../src/metrics/index.js';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';

const BUSY = 'while :; do dd if=/dev/zero of=/x bs=1M count=8 conv=fsync 2>/dev/null; done';
/** Samples go to the disk ten at a time. */
const LOST_AT_MOST_MS = 10_000;
/** Until the first of them are there: begun at the next second, its turn at the disk within ten. */
const PATIENCE_MS = 25_000;

let house: EngineHouse;
let archive: Archive;
before(async () => {
  house = await EngineHouse.open();
  archive = openArchive(metricsPlaces(house.root));
});
after(() => house.close());

async function endOfPast(id: string): Promise<number> {
  const recorded = (await archive.list()).find((entry) => entry.id === id);
  assert.ok(recorded, 'something of it is written down');
  return recorded.until;
}

async function isRecorded(id: string): Promise<void> {
  assert.ok((await endOfPast(id)) > 0);
}

describe('what a container uses', () => {
  it('is written down by its supervisor, while nobody looks, with its processes and the machine', async () => {
    const { id } = await house.start(BUSY);
    await eventually(() => isRecorded(id), PATIENCE_MS);
    const until = await endOfPast(id);
    const { values } = await archive.series(id, 'cpu.cores', 5000, 5, until);
    assert.ok(Math.max(...values) > 0.01, `it was at work: ${values.join(' ')}`);
    const sample = await archive.sampleAt(id, until);
    assert.ok((sample?.io.writeBytes ?? 0) > 0 && (sample?.memory.used ?? 0) > 0, JSON.stringify(sample));
    const { count = 0, top = [] } = (await archive.processesAt(id, until)) ?? {};
    assert.ok(count >= 1 && top.some(({ name }) => name === 'sh' || name === 'dd'), JSON.stringify(top));
    await eventually(() => isRecorded(HOST_ID), PATIENCE_MS);
    assert.ok(((await archive.sampleAt(HOST_ID, await endOfPast(HOST_ID)))?.cpu.limitCores ?? 0) > 0);
    await house.engine.remove(id, { force: true });
    assert.ok(!existsSync(layout.metrics(house.root, id)));
    assert.ok(!(await archive.list()).some((entry) => entry.id === id), 'it goes when the container goes');
  });

  it('goes on in the same files when it starts again, with a gap between', async () => {
    const { id } = await house.start(BUSY);
    await eventually(() => isRecorded(id), PATIENCE_MS);
    await house.engine.stop(id, { timeoutSeconds: 0 });
    const stopped = Date.now();
    await eventually(async () => assert.ok((await endOfPast(id)) > stopped - 2000), 5000);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    await house.engine.start(id);
    const started = Date.now();
    await eventually(async () => assert.ok((await endOfPast(id)) > started), PATIENCE_MS);
    const until = await endOfPast(id);
    const stretch = await archive.load([id], stopped - 3000, until);
    assert.ok(stretch.sampleAt(id, stopped - 1500), 'before');
    assert.equal(stretch.sampleAt(id, stopped + 2000), undefined, 'between');
    assert.ok(stretch.sampleAt(id, until), 'after');
    await house.engine.remove(id, { force: true });
  });

  it('is lost for ten seconds at most when its supervisor is killed, and its successor goes on', async () => {
    const { id } = await house.start(BUSY);
    await eventually(() => isRecorded(id), PATIENCE_MS);
    const began = (await archive.list()).find((entry) => entry.id === id)!.from;
    // Long enough after a writing that something is in memory only.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    const killed = Date.now();
    await house.killSupervisorOf(id);
    assert.ok(killed - (await endOfPast(id)) <= LOST_AT_MOST_MS + 1500, 'at most the last ten samples');
    await house.engine.recover();
    const adopted = Date.now();
    await eventually(async () => assert.ok((await endOfPast(id)) > adopted), PATIENCE_MS);
    const stretch = await archive.load([id], began, Date.now());
    assert.ok(stretch.sampleAt(id, began + 1500), 'what was before is still there');
    // The machine is written down by the successor, too: the lock went with the dead.
    await eventually(async () => assert.ok((await endOfPast(HOST_ID)) > adopted), PATIENCE_MS);
    await house.engine.remove(id, { force: true });
  });

  it('is not asked of one that is gone before a second is over', async () => {
    const { id } = await house.run('exit 0');
    assert.ok(!existsSync(layout.metrics(house.root, id)));
    for (const supervisor of registered(house.root)) assert.ok(readEntry(house.root, supervisor));
    await house.engine.remove(id);
  });
});
