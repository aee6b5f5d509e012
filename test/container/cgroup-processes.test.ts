// The processes of real cgroups: born inside, held, freed, killed whatever they do, and nothing left when they are gone.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  openCgroupDriver,
  SUPERVISORS,
  type CgroupPaths,
  type CgroupState,
  type Join,
} from '../../src/engine/cgroup/index.js';
import { removeIfEmpty } from '../../src/engine/cgroup/tree.js';
import { isTscontainError } from '../../src/engine/errors.js';
import { launch, onChildExit } from '../../src/native/index.js';
import {
  ended,
  existing,
  host,
  hosts,
  hostsForProcesses,
  newCgroup,
  newPaths,
  newProject,
} from '../support/cgroups.js';
import { eventually } from '../support/patience.js';

/** Writes a dot whenever it runs. */
const TICKER = ['/bin/sh', '-c', 'while :; do echo; sleep 0.01; done'] as const;

/** Forks without end and holds at most about 60 processes, none of which heeds SIGTERM. */
const FORK_BOMB = [
  '/bin/sh',
  '-c',
  'trap "" TERM; bomb() { while :; do n=0; while [ $n -lt 30 ]; do sleep 0.0$n & n=$((n+1)); done; wait; done; }; bomb & bomb',
] as const;

for (const on of hostsForProcesses) {
  const kind =
    on.unified?.controllers.length === 0 && on.kind === 'v2' ? 'v2 host without controllers' : `${on.kind} host`;

  describe(`the processes of a cgroup on a ${kind}`, () => {
    it('are listed, also those in cgroups that were made inside', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      assert.deepEqual(driver.processes(paths), []);
      const [one, other] = [await spawn('/bin/sleep', '60'), await spawn('/bin/sleep', '60')];
      const inner = join(paths.unified ?? paths.controllers['freezer']!, 'inner');
      mkdirSync(inner);
      writeFileSync(join(inner, 'cgroup.procs'), String(other.pid));
      assert.deepEqual(driver.processes(paths).sort(), [one.pid, other.pid].sort());
    });

    it('stand still while frozen and go on when thawed', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const child = await spawn(...TICKER);
      let ticks = 0;
      child.stdout?.on('data', (data: Buffer) => (ticks += data.length));
      await eventually(() => assert.ok(ticks > 0, 'it ticks'));
      await driver.freeze(paths);
      assert.equal(driver.isFrozen(paths), true);
      // What it wrote before it was frozen may still be on the way.
      await delay(20);
      const atRest = ticks;
      await delay(200);
      assert.equal(ticks, atRest);
      await driver.thaw(paths);
      assert.equal(driver.isFrozen(paths), false);
      await eventually(() => assert.ok(ticks > atRest, 'it ticks again'));
    });

    it('can be frozen when there are none', async (t) => {
      const { driver, paths } = newCgroup(t, { on });
      await driver.freeze(paths);
      assert.equal(driver.isFrozen(paths), true);
      await driver.thaw(paths);
    });

    it('die while they are frozen', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const end = ended(await spawn('/bin/sleep', '60'));
      await driver.freeze(paths);
      await driver.kill(paths);
      assert.equal((await end).signal, 'SIGKILL');
    });

    it('die even when they fork as fast as they can', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const end = ended(await spawn(...FORK_BOMB));
      await eventually(() => assert.ok(driver.processes(paths).length > 20, 'it has grown'));
      await driver.kill(paths);
      await end;
      await eventually(() => assert.ok(driver.processes(paths).length === 0, 'all are gone'));
    });

    it('get a signal each', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const children = [await spawn('/bin/sleep', '60'), await spawn('/bin/sleep', '60')];
      const ends = Promise.all(children.map(ended));
      driver.signalAll(paths, 'SIGUSR1');
      assert.deepEqual(
        (await ends).map(({ signal }) => signal),
        ['SIGUSR1', 'SIGUSR1'],
      );
    });

    it('are told of when the first comes and the last leaves', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const told: CgroupState[] = [];
      const watch = driver.watch(paths, (state) => told.push(state));
      t.after(() => watch.close());
      const child = await spawn('/bin/sleep', '60');
      await eventually(() => assert.ok(told.at(-1)?.populated === true, 'it is populated'));
      child.kill();
      await eventually(() => assert.ok(told.at(-1)?.populated === false, 'it is empty'));
      await driver.freeze(paths);
      await eventually(() => assert.ok(told.at(-1)?.frozen === true, 'it is frozen'));
      await driver.thaw(paths);
    });

    it('are killed by removing, with every cgroup inside and the empty project above', async (t) => {
      const { driver, paths, spawn } = newCgroup(t, { on });
      const end = ended(await spawn(...FORK_BOMB));
      for (const directory of [...Object.values(paths.controllers), paths.unified]) {
        if (directory !== undefined && existsSync(directory)) mkdirSync(join(directory, 'a/b'), { recursive: true });
      }
      await driver.remove(paths);
      await end;
      assert.deepEqual(existing(paths), []);
      await driver.remove(paths);
    });

    it('are born inside when a launch joins for them', async (t) => {
      const { driver, paths } = newCgroup(t, { on });
      const cgroups = await membershipOfLaunched(driver.joinFds(paths));
      for (const directory of [...Object.values(paths.controllers), paths.unified]) {
        if (directory === undefined || !existsSync(directory)) continue;
        const inside = directory.slice(directory.indexOf('/tscontain/'));
        assert.ok(
          cgroups.some((line) => line.endsWith(`:${inside}`)),
          `${directory} is not in ${cgroups.join('; ')}`,
        );
      }
    });
  });
}

/** Launches cat /proc/self/cgroup and answers its lines. */
async function membershipOfLaunched(joining: Join): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  const output = openSync(`${directory}/out`, 'w+');
  try {
    const joins = joining.tasks.map(({ name, fd }) => ({
      name: `join the cgroup of ${name}`,
      call: 'write' as const,
      args: [fd, Buffer.from('0'), 1],
    }));
    const { pid, pidfd } = await launch(
      [
        ...joins,
        { name: 'stdout', call: 'dup3', args: [output, 1, 0] },
        { name: 'cat', call: 'execve', args: ['/bin/cat', ['cat', '/proc/self/cgroup'], []] },
      ],
      joining.cloneInto === undefined ? {} : { cgroupFd: joining.cloneInto },
    );
    await new Promise((resolve) => onChildExit(pid, resolve));
    closeSync(pidfd);
    return readFileSync(`${directory}/out`, 'utf8').trim().split('\n');
  } finally {
    joining.close();
    closeSync(output);
    rmSync(directory, { recursive: true });
  }
}

describe('cgroup directories', () => {
  const driver = openCgroupDriver();
  const make = (t: TestContext, project = newProject(), id = 'one'): CgroupPaths => {
    const paths = newPaths(t, driver, project, id);
    driver.create(paths, {});
    return paths;
  };

  it('of a project stay as long as one container of it has them', async (t) => {
    const project = newProject();
    const [one, other] = [make(t, project, 'one'), make(t, project, 'other')];
    await driver.remove(one);
    assert.ok(existing(other).length > 0);
    driver.create(one, {});
    await driver.remove(other);
    await driver.remove(one);
    assert.deepEqual([...existing(one), ...existing(other)], []);
  });

  it('can be created again with what exists, and keep the processes in them', async (t) => {
    const { paths, spawn } = newCgroup(t);
    const child = await spawn('/bin/sleep', '60');
    driver.create(paths, { pidsLimit: 50 });
    assert.deepEqual(driver.processes(paths), [child.pid]);
  });

  it('that are gone are named by whatever is to be done with them', async () => {
    for (const on of hosts) {
      const other = openCgroupDriver(on);
      const project = newProject();
      const paths = other.paths(project, 'one');
      const isNamed = (error: unknown) =>
        isTscontainError(error, 'NO_SUCH_PATH') && error.message.includes(`tscontain/${project}/one`);
      assert.throws(() => other.joinFds(paths), isNamed);
      await assert.rejects(other.update(paths, { memory: 64 * 1024 * 1024, memorySwap: -1 }), isNamed);
      await assert.rejects(other.freeze(paths), isNamed);
      assert.deepEqual([other.processes(paths), other.isFrozen(paths), other.readLimits(paths)], [[], false, {}]);
      await other.kill(paths);
      await other.remove(paths);
    }
  });

  it('of whoever started a process hold it no longer once it has entered its own', { skip: noSystemdTree() }, (t) => {
    const session = join(host.v1['name=systemd']!, 'tscontain/test-session');
    const child = spawn('/bin/sleep', ['60']);
    const end = ended(child);
    const id = newProject();
    const paths = driver.paths(SUPERVISORS, id);
    driver.create(paths, {});
    t.after(async () => {
      child.kill('SIGKILL');
      await end;
      await driver.remove(paths);
      for (const directory of [session, dirname(session)]) removeIfEmpty(directory);
    });
    mkdirSync(session, { recursive: true });
    writeFileSync(join(session, 'cgroup.procs'), String(child.pid));
    driver.enter(paths, child.pid!);
    const cgroups = readFileSync(`/proc/${child.pid}/cgroup`, 'utf8');
    assert.match(cgroups, /:name=systemd:\/$/m);
    assert.ok(cgroups.includes(`:memory:/tscontain/@supervisors/${id}\n`), cgroups);
  });

  it('come and go while other managers make and remove theirs in the same project', async (t) => {
    const project = newProject();
    const rounds = Array.from({ length: 20 }, (_, id) => async () => {
      const paths = make(t, project, `c${id}`);
      await delay(id % 3);
      await driver.remove(paths);
      return paths;
    });
    const removed = await Promise.all(rounds.map((round) => round()));
    assert.deepEqual(removed.flatMap(existing), []);
    assert.ok(!existsSync(dirname(removed[0]!.unified ?? removed[0]!.controllers['memory']!)));
  });
});

function noSystemdTree(): string | false {
  return host.v1['name=systemd'] === undefined && 'no tree of systemd is mounted';
}
