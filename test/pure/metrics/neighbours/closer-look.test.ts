// The closer look over files made by hand: rates from what processes counted, whoever of them has ended, and a bounded number.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Target } from '../../../../src/metrics/index.js';
import { CloserLook } from '../../../../src/metrics/neighbours/closer-look.js';
import { openReader } from '../../../../src/metrics/reader.js';

let scratch: string;
let look: CloserLook;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tscontain-closer-'));
  look = new CloserLook(openReader(join(scratch, 'proc'), join(scratch, 'sys'), 100));
});
afterEach(() => {
  look.rest();
  rmSync(scratch, { recursive: true, force: true });
});

/** A cgroup with these processes in it. */
function cgroup(id: string, pids: readonly number[]): Target {
  const unified = join(scratch, id.replace(':', '-'));
  mkdirSync(unified, { recursive: true });
  writeFileSync(join(unified, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
  return { id, cgroup: { controllers: {}, unified } };
}

function counts(pid: number, readBytes: number, writeBytes: number, waitedMs = 0): void {
  const folder = join(scratch, 'proc', String(pid));
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'io'),
    `rchar: 9\nwchar: 9\nsyscr: 9\nsyscw: 9\nread_bytes: ${readBytes}\nwrite_bytes: ${writeBytes}\ncancelled_write_bytes: 77\n`,
  );
  writeFileSync(join(folder, 'schedstat'), `123456 ${waitedMs * 1e6} 42\n`);
}

const ends = (pid: number): void => rmSync(join(scratch, 'proc', String(pid)), { recursive: true });

describe('a closer look', () => {
  it('has rates from the second on', () => {
    const web = cgroup('web', [1, 2]);
    counts(1, 100, 1000, 50);
    counts(2, 0, 0, 0);
    assert.equal(look.look([web], 0).size, 0);
    counts(1, 100, 5000, 250);
    counts(2, 4096, 0, 600);
    assert.deepEqual(look.look([web], 2000).get('web'), { readBytes: 2048, writeBytes: 2000, waitingCores: 0.4 });
  });

  it('counts a process that came since, and one that ended and left its counts to its parent', () => {
    counts(1, 0, 0);
    counts(2, 0, 3000);
    look.look([cgroup('web', [1, 2])], 0);
    ends(2);
    // What the child had written, before the look and after it, is its parent's now.
    counts(1, 0, 3500);
    counts(3, 0, 1500);
    assert.equal(look.look([cgroup('web', [1, 3])], 1000).get('web')?.writeBytes, 2000);
  });

  it('never goes below nothing when counts leave with who had them', () => {
    counts(1, 9000, 9000, 100);
    counts(2, 5, 5, 5);
    look.look([cgroup('web', [1, 2])], 0);
    ends(1);
    assert.deepEqual(look.look([cgroup('web', [2])], 1000).get('web'), {
      readBytes: 0,
      writeBytes: 0,
      waitingCores: 0,
    });
  });

  it('begins anew after a pause, and for a target that came since', () => {
    counts(1, 0, 0);
    look.look([cgroup('web', [1])], 0);
    assert.equal(look.look([cgroup('web', [1])], 60_000).size, 0);
    assert.deepEqual([...look.look([cgroup('web', [1]), cgroup('db', [1])], 61_000).keys()], ['web']);
  });

  it('passes over sums, what is gone, and processes that cannot be read', () => {
    counts(1, 0, 0);
    const all = (): Target[] => [
      cgroup('project:shop', [1]),
      cgroup('web', [1, 404]),
      { id: 'gone', cgroup: { controllers: {}, unified: join(scratch, 'nowhere') } },
      { id: 'nowhere', cgroup: { controllers: {} } },
    ];
    look.look(all(), 0);
    assert.deepEqual([...look.look(all(), 1000).keys()], ['web']);
  });

  it('does not look again at what has been still, and finds what it did when it is not any more', () => {
    counts(1, 0, 0);
    look.look([cgroup('web', [1])], 0);
    counts(1, 0, 700);
    assert.equal(look.look([cgroup('web', [1])], 1000, () => true).get('web')?.writeBytes, 0);
    assert.equal(look.look([cgroup('web', [1])], 2000, () => false).get('web')?.writeBytes, 700);
  });

  it('looks at what is still once, to know it', () => {
    counts(1, 0, 5);
    look.look([cgroup('web', [1])], 0, () => true);
    counts(1, 0, 9);
    assert.equal(look.look([cgroup('web', [1])], 1000).get('web')?.writeBytes, 4);
  });

  it('looks for what is worth it, and for nothing else', () => {
    const worth: Record<string, { bytes: boolean; waits: boolean }> = {
      writer: { bytes: true, waits: false },
      waiter: { bytes: false, waits: true },
    };
    const all = [cgroup('writer', [1]), cgroup('waiter', [2]), cgroup('neither', [3])];
    const lookAtAll = (ms: number) =>
      look.look(
        all,
        ms,
        () => false,
        (id) => worth[id],
      );
    for (const pid of [1, 2, 3]) counts(pid, 0, 0);
    lookAtAll(0);
    for (const pid of [1, 2, 3]) counts(pid, 10, 20, 500);
    const rates = lookAtAll(1000);
    assert.deepEqual(Object.fromEntries(rates), {
      writer: { readBytes: 10, writeBytes: 20 },
      waiter: { waitingCores: 0.5 },
    });
  });

  it('goes on from where it looked last at one that was not worth it between, and knows nothing of what it did not look for', () => {
    let worth: { bytes: boolean; waits: boolean } | undefined = { bytes: true, waits: false };
    const lookAt = (ms: number) =>
      look
        .look(
          [cgroup('web', [1])],
          ms,
          () => false,
          () => worth,
        )
        .get('web');
    counts(1, 0, 0);
    lookAt(0);
    worth = undefined;
    assert.equal(lookAt(1000), undefined);
    counts(1, 0, 4000);
    worth = { bytes: true, waits: true };
    assert.deepEqual(lookAt(2000), { readBytes: 0, writeBytes: 2000 }, 'it had not been asked how long it waits');
    assert.equal(lookAt(3000)?.waitingCores, 0);
  });

  it('keeps files open while it is taken, and lets go of all of them', () => {
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for (const pid of [1, 2, 3]) counts(pid, 0, 0);
    look.look([cgroup('web', [1, 2]), cgroup('db', [3])], 0);
    assert.equal(open(), before + 2 + 3 * 2);
    look.look([cgroup('web', [2])], 1000);
    assert.equal(open(), before + 1 + 2, 'of who ended, and of who is not looked at, nothing stays open');
    look.rest();
    assert.equal(open(), before);
  });

  it('reads no more than so many processes, and tells the rates of those', () => {
    const pids = Array.from({ length: 400 }, (_, i) => i + 1);
    for (const pid of pids) counts(pid, 0, pid <= 128 ? 0 : 1e9);
    const storm = cgroup('storm', pids);
    look.look([storm], 0);
    for (const pid of pids) counts(pid, 0, 10 + (pid <= 128 ? 0 : 2e9));
    assert.equal(look.look([storm], 1000).get('storm')?.writeBytes, 1280);
  });
});
