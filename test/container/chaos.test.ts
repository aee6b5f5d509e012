// Kill -9 of the command line, of the supervisor, of the dashboard, at random moments while containers start, run, are entered
// and are removed: no container lost, no lie in the state, no leftover process, cgroup, mount or file.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { chance, rounds } from '../support/chance.js';
import { Emulator } from '../support/emulator.js';
import { cgroupsOf, House, product } from '../support/house.js';
import { eventually, patience } from '../support/patience.js';

const ROUNDS = rounds(15, 200);
const luck = chance();

type Victim = 'command' | 'supervisor' | 'both' | 'dashboard';
type Deed = 'start' | 'run' | 'run to its end' | 'exec' | 'remove';

describe(`chaos (TEST_SEED=${luck.seed})`, () => {
  let house: House;
  /** every container id that was ever seen on disk, half-made and half-removed ones too */
  const seen = new Set<string>();
  let killedSupervisors = 0;
  /** running from the beginning to the end, whatever is killed around it; name → pid */
  const keepers = new Map<string, number>();

  before(async () => {
    house = new House();
    for (const name of ['keeper-a', 'keeper-b']) {
      await house.ok(
        'run',
        '-d',
        '--name',
        name,
        'base',
        'sh',
        '-c',
        'i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.1; done',
      );
      keepers.set(name, (await house.inspect(name)).State.Pid);
    }
  });
  after(() => house.close());

  const look = () => {
    for (const name of readdirSync(`${house.root}/containers`)) {
      const id = /[0-9a-f]{64}/.exec(name)?.[0];
      if (id !== undefined) seen.add(id);
    }
  };

  async function prepare(deed: Deed, name: string): Promise<string[]> {
    switch (deed) {
      case 'start':
        await house.ok('create', '--name', name, 'base', 'sleep', '1000');
        return ['start', name];
      case 'run':
        return ['run', '-d', '--name', name, 'base', 'sleep', '1000'];
      case 'run to its end':
        return ['run', '--name', name, 'base', 'sh', '-c', 'sleep 0.1; exit 7'];
      case 'exec':
        return ['exec', 'keeper-a', 'sh', '-c', 'sleep 0.1; exit 3'];
      case 'remove':
        await house.ok('run', '-d', '--name', name, 'base', 'sleep', '1000');
        return ['rm', '-f', name];
    }
  }

  function killSupervisors(): void {
    for (const pid of house.supervisorPids()) {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('supervisor.cjs')) continue;
      try {
        process.kill(pid, 'SIGKILL');
        killedSupervisors += 1;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  async function strike(victim: Victim, words: readonly string[], afterMs: number): Promise<void> {
    if (victim === 'dashboard') return strikeDashboard(afterMs);
    const child = house.start(...words);
    child.stdout!.resume();
    child.stderr!.resume();
    const ended = new Promise((resolve) => child.once('close', resolve));
    await delay(afterMs);
    look();
    if (victim !== 'command') killSupervisors();
    if (victim !== 'supervisor') child.kill('SIGKILL');
    const timer = setTimeout(() => child.kill('SIGKILL'), patience(15_000));
    await ended;
    clearTimeout(timer);
  }

  /** A dashboard with a shell open in a container, killed at any moment of its life. */
  async function strikeDashboard(afterMs: number): Promise<void> {
    const dashboard = new Emulator({
      command: [process.execPath, product('tscontain-tui'), '--root', house.root],
      columns: 100,
      rows: 30,
    });
    await dashboard.waitFor('keeper-a', patience(10_000));
    dashboard.type('e');
    await delay(afterMs);
    look();
    await dashboard.close();
  }

  /** What the state says against what the kernel says. */
  async function check(): Promise<void> {
    look();
    const listed = (await house.ok('ps', '-aq', '--no-trunc')).split('\n').filter((line) => line !== '');
    const inspected = await Promise.all(listed.map((id) => house.inspect(id)));
    for (const { Id, Name, State } of inspected) {
      const processes = cgroupsOf([Id]).flatMap((line) => pidsIn(line.replace(/^cgroup /, '')));
      if (State.Running) {
        assert.ok(existsSync(`/proc/${State.Pid}`), `${Name} is said to run and its process ${State.Pid} is there`);
        assert.ok(processes.includes(State.Pid), `${Name}: process ${State.Pid} is in its cgroup`);
      } else {
        assert.deepEqual(processes, [], `${Name} is ${State.Status} and has no process`);
      }
      if (State.Status === 'exited' && Name.includes('run-to-its-end') && State.FinishedAt > State.StartedAt) {
        assert.ok([7, -1, 255].includes(State.ExitCode), `${Name} ended with 7, or it is not known: ${State.ExitCode}`);
      }
    }
    for (const [name, pid] of keepers) {
      const keeper = inspected.find(({ Name }) => Name === `/${name}`);
      assert.equal(keeper?.State.Pid, pid, `${name} still runs as it did`);
    }
    const gone = [...seen].filter((id) => !listed.includes(id));
    await eventually(() => {
      assert.deepEqual(cgroupsOf(gone), [], 'what is gone has no cgroup');
      assert.deepEqual(
        readdirSync(`${house.root}/containers`).filter((name) => !listed.includes(name)),
        [],
        'what is gone has no files',
      );
    });
    assert.deepEqual(
      readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .filter((line) => line.includes(house.root)),
      [],
      'nothing is mounted on the host',
    );
  }

  for (let round = 1; round <= ROUNDS; round += 1) {
    const victim = luck.pick<Victim>(['command', 'command', 'supervisor', 'supervisor', 'both', 'dashboard']);
    const deed = luck.pick<Deed>(['start', 'run', 'run to its end', 'exec', 'remove']);
    const afterMs = luck.below(victim === 'dashboard' ? 600 : 350);
    const what = victim === 'dashboard' ? 'a shell is open' : deed;
    it(`round ${round}: kill -9 of ${victim} ${afterMs} ms into "${what}"`, async () => {
      const name = `r${round}-${deed.replaceAll(' ', '-')}`;
      const words = victim === 'dashboard' ? [] : await prepare(deed, name);
      look();
      await strike(victim, words, afterMs);
      await check();
      if (victim !== 'dashboard' && deed !== 'exec') {
        await house.run('rm', '-f', name);
        await check();
      }
    });
  }

  it('the keepers missed nothing but what a killed supervisor held in its hands: a line each at most', async () => {
    for (const name of keepers.keys()) {
      const ticks = (await house.ok('logs', name)).split('\n').map((line) => Number(/^tick (\d+)$/.exec(line)?.[1]));
      assert.ok(ticks.length > 10);
      ticks.forEach((tick, index) =>
        assert.ok(index === 0 || tick > ticks[index - 1]!, `${name}: ${tick} in its place`),
      );
      const lost = ticks.at(-1)! - ticks.length;
      assert.ok(lost <= killedSupervisors, `${name}: ${lost} lines lost to ${killedSupervisors} killed supervisors`);
      console.log(
        `# chaos: ${name} wrote ${ticks.at(-1)!} lines, ${lost} were lost to ${killedSupervisors} killed supervisors`,
      );
    }
  });

  it('the shells of the dashboards that were killed are gone', async () => {
    await eventually(async () => {
      const rows = (await house.ok('top', 'keeper-a', '--format', '{{.CMD}}')).split('\n');
      assert.deepEqual(
        rows.filter((command) => !/^(sh -c i=0|sleep 0\.1)/.test(command)),
        [],
      );
    });
  });
});

function pidsIn(cgroup: string): number[] {
  const read = (file: string) => {
    try {
      return readFileSync(`${cgroup}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  return (read('cgroup.procs') || read('tasks'))
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}
