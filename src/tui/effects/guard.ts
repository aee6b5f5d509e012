// The guard of the dashboard: told of every sample, a dry run until it is armed, and everything taken back when one leaves.
import { cpus } from 'node:os';
import { Guard, type RuleSet } from '../../guard/index.js';
import type { Ports } from './ports.js';

/** The rule file that the dashboard was started with. */
export interface GuardFile {
  readonly path: string;
  readonly rules: RuleSet;
}

export class GuardDuty {
  private readonly guard: Guard;

  constructor(
    private readonly ports: Ports,
    private readonly file: GuardFile,
  ) {
    const { engine, sampler: readings, dispatch } = ports;
    this.guard = new Guard({
      engine,
      readings,
      rules: file.rules,
      dryRun: true,
      cores: cpus().length,
      say: (sentence, isFault) =>
        dispatch({ type: 'notice', kind: isFault ? 'error' : 'warning', text: `guard: ${sentence}` }),
    });
    this.tell();
  }

  async observe(at: number): Promise<void> {
    const before = this.guard.acting;
    await this.guard.observe(at, this.ports.state().containers.list);
    if (this.guard.acting !== before) this.tell();
  }

  async arm(armed: boolean): Promise<void> {
    const settled = this.guard.arm(armed);
    this.tell();
    await settled;
    this.tell();
  }

  end(): Promise<void> {
    return this.guard.end();
  }

  private tell(): void {
    const { path, rules } = this.file;
    const { isArmed, acting } = this.guard;
    this.ports.dispatch({
      type: 'guard',
      guard: { path, rules: rules.rules.map(({ text }) => text), isArmed, acting },
    });
  }
}
