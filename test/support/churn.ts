// Containers that come and go beside some that stay: each does a little of what containers do, none of it enough to be noticed
// on a machine that does other things.
import { isTscontainError, type Engine } from '../../src/engine/index.js';
import type { Chance } from './chance.js';

const forever = (work: string): string => `trap 'exit 0' TERM; i=0; while :; do i=$((i+1)); ${work}; done`;

const KINDS = {
  talker: forever('echo "tick $i of a service that says what it does"; sleep 2'),
  json: forever(`echo '{"level":"info","message":"tick '$i'","ms":12}'; echo warned >&2; sleep 3`),
  worker: forever('n=0; while [ $n -lt 2000 ]; do n=$((n+1)); done; sleep 2'),
  writer: forever('dd if=/dev/zero of=/var/tmp/file bs=64k count=8 conv=fsync 2>/dev/null; sleep 4'),
  sleeper: "trap 'exit 0' TERM; sleep 100000 & wait",
  brief: 'echo tick; sleep 4; exit 3',
} as const;
type Kind = keyof typeof KINDS;

/** Those that stay. */
const STAYING: readonly Kind[] = [
  ...Array<Kind>(4).fill('talker'),
  ...Array<Kind>(2).fill('json'),
  ...Array<Kind>(3).fill('worker'),
  ...Array<Kind>(3).fill('writer'),
  ...Array<Kind>(2).fill('sleeper'),
];
/** Those that come and go, at most. */
const PASSING = 6;
const PROJECTS = ['shop', 'mail'] as const;

/** What may be asked of one that has just ended, or is just ending. */
const LATE = new Set(['ILLEGAL_STATE', 'NO_SUCH_CONTAINER']);

export class Churn {
  deeds = 0;
  readonly #passing: string[] = [];
  #made = 0;

  constructor(
    private readonly engine: Engine,
    private readonly luck: Chance,
  ) {}

  /** @returns the names of those that stay */
  async begin(): Promise<readonly string[]> {
    const names = STAYING.map((kind, i) => `${kind}-at-${i}`);
    for (const [i, name] of names.entries()) await this.#run(name, STAYING[i]!, i);
    return names;
  }

  /** One is made, started, stopped or removed. */
  async turn(): Promise<void> {
    this.deeds += 1;
    const name = this.#passing.length === 0 ? undefined : this.luck.pick(this.#passing);
    if (name === undefined || this.#passing.length < this.luck.below(PASSING + 1)) return this.#come();
    try {
      await this.#change(name);
    } catch (error) {
      if (!isTscontainError(error) || !LATE.has(error.code)) throw error;
    }
  }

  /** Those that came are gone. */
  async end(): Promise<void> {
    for (const name of this.#passing.splice(0)) await this.engine.remove(name, { force: true });
  }

  async #come(): Promise<void> {
    this.#made += 1;
    const name = `passing-${this.#made}`;
    this.#passing.push(name);
    await this.#run(name, this.luck.pick(Object.keys(KINDS) as Kind[]), this.#made);
  }

  async #run(name: string, kind: Kind, number: number): Promise<void> {
    const { id } = await this.engine.create({
      image: 'base',
      name,
      project: PROJECTS[number % PROJECTS.length]!,
      cmd: ['sh', '-c', KINDS[kind]],
      limits: { memory: 64 * 1024 ** 2 },
      log: { maxSizeBytes: 1024 ** 2, maxFiles: 2 },
    });
    await this.engine.start(id);
  }

  async #change(name: string): Promise<void> {
    const { state } = await this.engine.get(name);
    const isRunning = state.status === 'running';
    switch (this.luck.pick(['stop', 'remove', 'remove', 'restart'] as const)) {
      case 'stop':
        await (isRunning ? this.engine.stop(name, { timeoutSeconds: 1 }) : this.engine.start(name));
        return;
      case 'restart':
        await this.engine.restart(name, { timeoutSeconds: 1 });
        return;
      case 'remove':
        this.#passing.splice(this.#passing.indexOf(name), 1);
        await this.engine.remove(name, { force: true });
    }
  }
}
