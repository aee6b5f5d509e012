// The processes of a moment: what /proc says, hostile names included, and what of it is kept.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseIo, parseStat } from '../../../../src/metrics/archive/process-files.js';
import { ProcessWatch } from '../../../../src/metrics/archive/process-watch.js';
import {
  MOST_PROCESSES,
  PROCESSES_SHAPE,
  putProcesses,
  takeProcesses,
  type PastProcess,
} from '../../../../src/metrics/archive/processes.js';
import { COLUMNS } from '../../../../src/metrics/row.js';
import { flush, past, T0 } from '../../../support/past.js';

/** A line of /proc/PID/stat. */
const statLine = (pid: number, name: string, cpuTicks: number, rssPages = 100): string =>
  `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 1 0 0 0 ${cpuTicks} 0 0 0 20 0 3 0 1000 1000000 ${rssPages} 1844 1 1\n`;

const pid1: PastProcess = {
  pid: 4242,
  name: 'postgres',
  state: 'D',
  threads: 3,
  cores: 0.5,
  rssBytes: 4096,
  readBytes: 1024,
  writeBytes: 2048,
  waitsIn: 'io_schedule',
};

describe('/proc/PID/stat', () => {
  it('has the name between the first and the last parenthesis', () => {
    for (const name of ['sh', 'a b', '(sd-pam)', ') S 1 (', '', '\u001b[2J', 'käse'])
      assert.equal(parseStat(Buffer.from(statLine(7, name, 5)))?.name, name, JSON.stringify(name));
    const stat = parseStat(Buffer.from(statLine(7, 'x) Z 9 9', 5)));
    assert.deepEqual([stat?.pid, stat?.state, stat?.threads, stat?.cpuMs, stat?.startedMs], [7, 'S', 3, 50, 10_000]);
  });

  it('that is cut or foreign is nothing', () => {
    for (const text of ['', '7', '7 (sh', '7 (sh)', '7 (sh) S 1 2', 'x (y) z'])
      assert.equal(parseStat(Buffer.from(text)), undefined, text);
    assert.equal(parseIo(Buffer.from('rchar: 1\nwchar: 2\n')), undefined);
  });
});

describe('the processes of a moment', () => {
  it('are read back as they were written, six at most, names cut to what fits', () => {
    const bytes = Buffer.alloc(PROCESSES_SHAPE.bodyBytes, 0xff);
    const bare: PastProcess = { pid: 1, name: 'a name of more than fifteen', state: 'R', threads: 1, rssBytes: 0 };
    putProcesses({ count: 900, top: [pid1, bare, ...Array<PastProcess>(9).fill(pid1)] }, bytes, 0);
    const { at, count, top } = takeProcesses(T0, bytes, 0);
    assert.deepEqual([at, count, top.length], [T0, 900, MOST_PROCESSES]);
    assert.deepEqual(top[0], pid1);
    assert.deepEqual(top[1], { ...bare, name: 'a name of more ' });
  });

  it('of any bytes whatever are no exception', () => {
    for (let fill = 0; fill < 256; fill++) {
      const { top } = takeProcesses(T0, Buffer.alloc(PROCESSES_SHAPE.bodyBytes, fill), 0);
      assert.ok(top.every(({ name, waitsIn = '' }) => name.length <= 15 && waitsIn.length <= 22));
    }
  });

  it('are found by their time', async (t) => {
    const { open, archive } = past(t);
    const recording = await open();
    for (let i = 1; i <= 5; i++) {
      recording.addProcesses(T0 + i * 10_000, { count: i, top: [pid1] });
      recording.add(T0 + i * 10_000 - 1000, T0 + i * 10_000, new Float64Array(COLUMNS.length));
      await flush(recording);
    }
    assert.equal((await archive.processesAt('web', T0 + 31_000))?.count, 3);
    assert.equal((await archive.processesAt('web', T0 + 29_000))?.count, 3);
    assert.equal((await archive.processesAt('web', T0 + 3 * 60_000))?.count, 5, 'it did nothing since');
    assert.equal(await archive.processesAt('web', T0 + 20 * 60_000), undefined);
    assert.equal(await archive.processesAt('web', T0 - 60_000), undefined);
    assert.equal(await archive.processesAt('nobody', T0), undefined);
    await recording.close();
  });
});

/** A /proc and a cgroup of the test's own. */
function madeUp(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-proc-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(`${root}/cgroup/below`, { recursive: true });
  const put = (pid: number, cpuTicks: number, pages: number, writeBytes = 0): void => {
    mkdirSync(`${root}/${pid}`, { recursive: true });
    writeFileSync(`${root}/${pid}/stat`, statLine(pid, `p${pid}`, cpuTicks, pages));
    writeFileSync(`${root}/${pid}/io`, `rchar: 9\nread_bytes: 0\nwrite_bytes: ${writeBytes}\n`);
    writeFileSync(`${root}/${pid}/wchan`, pid === 3 ? 'io_schedule' : '0');
  };
  const members = (pids: readonly number[], folder = ''): void =>
    writeFileSync(`${root}/cgroup/${folder}cgroup.procs`, pids.map((pid) => `${pid}\n`).join(''));
  writeFileSync(`${root}/cgroup/cgroup.stat`, 'nr_descendants 1\nnr_dying_descendants 0\n');
  writeFileSync(`${root}/cgroup/below/cgroup.stat`, 'nr_descendants 0\nnr_dying_descendants 0\n');
  members([], 'below/');
  return { put, members, watch: new ProcessWatch({ controllers: {}, unified: `${root}/cgroup` }, root) };
}

describe('a look at processes', () => {
  it('tells what was used since the look before, and of a new one since it began', (t) => {
    const { put, members, watch } = madeUp(t);
    members([1, 2]);
    put(1, 100, 10);
    put(2, 0, 10);
    // They began at 10 s.
    assert.deepEqual(watch.look(20_000).top.map(({ pid, cores }) => [pid, cores]), [[1, 0.1], [2, 0]]); // prettier-ignore
    put(1, 100, 10);
    put(2, 500, 10, 40_960);
    const [first, second] = watch.look(30_000).top;
    assert.deepEqual([first?.pid, first?.cores, first?.writeBytes], [2, 0.5, 4096]);
    assert.deepEqual([second?.pid, second?.cores, second?.writeBytes], [1, 0, 0]);
  });

  it('keeps who has most of anything, of a crowd too, and passes over who has ended', (t) => {
    const { put, members, watch } = madeUp(t);
    const crowd = Array.from({ length: 300 }, (_, i) => i + 1);
    members(crowd.slice(0, 200));
    members(crowd.slice(200), 'below/');
    for (const pid of crowd.slice(0, 100)) put(pid, pid, 10);
    put(50, 0, 100_000);
    put(100, 100, 10, 1e6);
    const { count, top } = watch.look(20_000);
    assert.equal(count, 300);
    assert.equal(top.length, MOST_PROCESSES);
    const pids = top.map(({ pid }) => pid);
    for (const pid of [100, 99, 98, 50]) assert.ok(pids.includes(pid), `${pid} is among ${pids.join(', ')}`);
  });

  it('says what a process waits for', (t) => {
    const { put, members, watch } = madeUp(t);
    members([3, 4]);
    put(3, 1, 1);
    put(4, 0, 1);
    assert.deepEqual(watch.look(20_000).top.map(({ waitsIn }) => waitsIn), ['io_schedule', undefined]); // prettier-ignore
  });

  it('at a cgroup that is gone sees nobody', () => {
    const watch = new ProcessWatch({ controllers: {}, unified: '/nonexistent' });
    assert.deepEqual(watch.look(1000), { count: 0, top: [] });
  });
});
