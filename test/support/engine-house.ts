// A state directory of a test's own with the engine on it in this very process, and the supervisors that it starts.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  openEngine,
  type Container,
  type CreateSpec,
  type Engine,
  type ExitStatus,
  type Session,
} from '../../src/engine/index.js';
import { createSupervisors, type SupervisorClient, type Supervisors } from '../../src/engine/supervisor/client.js';
import { readEntry, registered } from '../../src/engine/supervisor/registry.js';
import { layout } from '../../src/engine/state/layout.js';
import { endKeeper, House, ownCgroupsLeft, product } from './house.js';
import { eventually, patience } from './patience.js';

export interface HouseOptions {
  /** ms with nothing to do after which its supervisors leave */
  readonly idleMs?: number;
}

export class EngineHouse {
  readonly root: string;
  readonly supervisors: Supervisors;
  readonly #house: House;
  readonly #engines: Engine[] = [];

  private constructor(
    readonly engine: Engine,
    house: House,
    { idleMs = 60_000 }: HouseOptions,
  ) {
    this.#house = house;
    this.root = house.root;
    this.#engines.push(engine);
    this.supervisors = createSupervisors({ root: house.root, entry: product('supervisor'), idleMs });
  }

  static async open(options: HouseOptions = {}): Promise<EngineHouse> {
    const house = new House();
    const engine = await openEngine({ root: house.root, supervisorEntry: product('supervisor') });
    return new EngineHouse(engine, house, options);
  }

  /** Another manager on the same state. */
  async anotherEngine(): Promise<Engine> {
    const engine = await openEngine({ root: this.root, supervisorEntry: product('supervisor') });
    this.#engines.push(engine);
    return engine;
  }

  /** A container of the image `base`. */
  create(spec: Omit<CreateSpec, 'image'>): Promise<Container> {
    return this.engine.create({ image: 'base', ...spec });
  }

  /** One that runs `sh -c SCRIPT`. */
  shell(script: string, spec: Omit<CreateSpec, 'image' | 'cmd'> = {}): Promise<Container> {
    return this.create({ ...spec, cmd: ['sh', '-c', script] });
  }

  /** Creates and starts one that runs `sh -c SCRIPT`. */
  async start(script: string, spec: Omit<CreateSpec, 'image' | 'cmd'> = {}): Promise<Container> {
    const { id } = await this.shell(script, spec);
    return this.engine.start(id);
  }

  /** Runs `sh -c SCRIPT` to its end. */
  async run(script: string, spec: Omit<CreateSpec, 'image' | 'cmd'> = {}): Promise<{ id: string; status: ExitStatus }> {
    const { id } = await this.start(script, spec);
    return { id, status: await this.engine.wait(id) };
  }

  log(id: string, suffix = ''): string {
    return readFileSync(layout.log(this.root, id) + suffix, 'utf8');
  }

  /** What its entries say, pieces put together: lines of one stream, or of both as they came. */
  lines(id: string, stream?: 'stdout' | 'stderr'): string[] {
    const texts = entries(this.log(id)).filter((entry) => stream === undefined || entry.stream === stream);
    const text = texts.map((entry) => (entry.tag === 'F' ? `${entry.text}\n` : entry.text)).join('');
    return text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined);
  }

  async supervisorOf(id: string): Promise<SupervisorClient> {
    const { state } = await this.engine.get(id);
    const client = await this.supervisors.connectTo(state.supervisor ?? '');
    assert.ok(client, 'it has a living supervisor');
    return client;
  }

  /** Kills the supervisor of a container with -9 and waits until it is gone. */
  async killSupervisorOf(id: string): Promise<void> {
    const { pid } = await this.supervisorOf(id);
    process.kill(pid, 'SIGKILL');
    await eventually(() => assert.ok(!existsSync(`/proc/${pid}`) || isZombie(pid)));
  }

  /** Ends everything under this root, and asserts that no process, cgroup or mount of it is left. */
  async close(): Promise<void> {
    const ids = this.#house.containerIds();
    await this.engine.recover();
    for (const { id } of await this.engine.list()) await this.engine.remove(id, { force: true });
    this.supervisors.close();
    for (const engine of this.#engines) engine.close();
    for (const id of registered(this.root)) this.#end(id);
    await endKeeper(this.root);
    const left = [...(await this.#house.leftovers(ids)), ...(await ownCgroupsLeft(this.root))];
    rmSync(this.root, { recursive: true, force: true });
    assert.deepEqual(left, [], 'nothing is left behind');
  }

  #end(supervisorId: string): void {
    const entry = readEntry(this.root, supervisorId);
    try {
      // It leaves by itself, with its cgroup, when it has nothing to look after.
      if (entry !== undefined) process.kill(entry.pid, 'SIGTERM');
    } catch {
      // It has left.
    }
  }
}

export interface LogLine {
  readonly time: string;
  readonly stream: string;
  readonly tag: string;
  readonly text: string;
}

/** The entries of a log file. @throws AssertionError for a line that is none */
export function entries(log: string): LogLine[] {
  assert.ok(log === '' || log.endsWith('\n'), 'a log ends with a whole entry');
  return log
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [whole, time = '', stream = '', tag = ''] =
        /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00) (stdout|stderr) ([FP]) /.exec(line) ?? [];
      assert.ok(whole, `not an entry: ${JSON.stringify(line)}`);
      return { time, stream, tag, text: line.slice(whole.length) };
    });
}

/** Everything that a session says until it is over. */
export async function outputOf(session: Session): Promise<{ stdout: string; stderr: string; status: ExitStatus }> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  session.onOutput((stream, data) => chunks[stream].push(Buffer.from(data)));
  const status = await session.exited;
  return { stdout: Buffer.concat(chunks.stdout).toString(), stderr: Buffer.concat(chunks.stderr).toString(), status };
}

/** Resolves when the session has said something that fits. */
export function heard(session: Session, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(
      () => reject(new Error(`${pattern} was not heard in ${JSON.stringify(said)}`)),
      patience(10_000),
    );
    session.onOutput((_, data) => {
      said += data.toString();
      if (!pattern.test(said)) return;
      clearTimeout(timer);
      resolve(said);
    });
  });
}

function isZombie(pid: number): boolean {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}
