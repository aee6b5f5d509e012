// The guard at work: after each sample the rules are asked, what they decide is done as holds of the engine, and taken back
// when it is over, when the guard is disarmed or ends; what one has left that was killed, the next manager takes back (recover).
import { isTscontainError, type Container, type Engine, type Limits } from '../engine/index.js';
import type { Sampler } from '../metrics/index.js';
import { diskBelow, weightsWork } from './disk.js';
import { Evaluation, type Decision, type Guarded } from './evaluate.js';
import type { Rule, RuleSet } from './model.js';
import { limitsFor } from './wishes.js';

/** What is told of the guard: one sentence, and whether it is something that went wrong. */
export type Say = (sentence: string, isFault: boolean) => void;

export interface GuardOptions {
  readonly engine: Pick<Engine, 'root' | 'hold' | 'release' | 'holds' | 'limitsInForce' | 'get'>;
  readonly readings: Pick<Sampler, 'latest' | 'findings'>;
  readonly rules: RuleSet;
  /** nothing is done, it is only told what would be */
  readonly dryRun: boolean;
  readonly cores: number;
  readonly say: Say;
}

const ENDED = 'the guard has ended';

export class Guard {
  private evaluation: Evaluation;
  private dryRun: boolean;
  /** what is held, by the key of the decision */
  private readonly held = new Map<string, string>();
  /** acts are done one after the other, in the order in which they were decided */
  private queue: Promise<void> = Promise.resolve();
  private readonly disk: string | undefined;
  private readonly ioWeights: boolean;

  constructor(private readonly options: GuardOptions) {
    this.evaluation = new Evaluation(options.rules);
    this.dryRun = options.dryRun;
    this.disk = diskBelow(options.engine.root);
    this.ioWeights = this.disk !== undefined && weightsWork(this.disk);
  }

  get isArmed(): boolean {
    return !this.dryRun;
  }

  /** Containers that are held now. */
  get acting(): number {
    return this.held.size;
  }

  /** Takes back what a guard has left that was killed since this manager was started. A dry run leaves it to the next one. */
  begin(): Promise<void> {
    return this.then(async () => {
      if (this.dryRun) return;
      for (const { id, name, reason, isOwned } of await this.options.engine.holds()) {
        if (isOwned) continue;
        await this.release(
          id,
          `${name}, held by a guard that was killed (${reason}),`,
          'the guard that did it was killed',
        );
      }
    });
  }

  /** To be called after each sample. */
  observe(at: number, containers: readonly Container[]): Promise<void> {
    const { readings } = this.options;
    const running = containers.filter(({ state: { status } }) => status === 'running' || status === 'paused');
    const guarded = running.map(({ id, config: { name, project, labels } }): Guarded => ({
      id,
      name,
      project,
      labels,
      sample: readings.latest(id),
    }));
    const decisions = this.evaluation.observe({ at, containers: guarded, findings: readings.findings() });
    return decisions.length === 0 ? this.queue : this.then(() => this.carryOut(decisions, at));
  }

  /** Dry runs change nothing; disarming takes back what is held. The rules begin anew, so that what is so now is acted upon. */
  arm(armed: boolean): Promise<void> {
    this.dryRun = !armed;
    this.evaluation = new Evaluation(this.options.rules);
    return armed ? this.begin() : this.then(() => this.releaseAll('the guard was disarmed'));
  }

  /** Takes back everything. */
  end(): Promise<void> {
    return this.then(() => this.releaseAll(ENDED));
  }

  private then(action: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(action).catch((error: unknown) => this.fault(error));
    return this.queue;
  }

  private async carryOut(decisions: readonly Decision[], at: number): Promise<void> {
    for (const decision of decisions) {
      const { key, rule, reason } = decision;
      if (decision.kind === 'nobody') this.options.say(`${reason} (line ${rule.line})`, false);
      else if (decision.kind === 'act') await this.act(key, rule, decision.target, reason, at);
      else await this.over(key, reason, decision.isGone);
    }
  }

  private async act(key: string, rule: Rule, target: Guarded, reason: string, at: number): Promise<void> {
    const { engine, say } = this.options;
    const sentence = `${reason}: ${doing(rule)} ${target.name}`;
    try {
      const change = await this.changeFor(rule, target);
      if (typeof change === 'string') {
        say(`${sentence}: not done, ${change} (line ${rule.line})`, true);
        return;
      }
      const detail = rule.act.kind === 'pause' ? '' : ` (${limitsText(change)})`;
      if (this.dryRun) {
        say(`${sentence}${detail}: not done, this is a dry run (line ${rule.line})`, false);
        return;
      }
      if ((await engine.holds()).some(({ container }) => container === target.id)) {
        say(`${sentence}: not done, it is held already (line ${rule.line})`, false);
        this.evaluation.drop(key, at);
        return;
      }
      const pause = rule.act.kind === 'pause';
      const { id } = await engine.hold(
        target.id,
        pause ? { pause } : { limits: change },
        `${reason} (line ${rule.line})`,
      );
      this.held.set(key, id);
      say(`${sentence}${detail} (line ${rule.line})`, false);
    } catch (error) {
      this.evaluation.drop(key, at);
      say(`${sentence}: not done: ${sentenceOf(error)} (line ${rule.line})`, true);
    }
  }

  private async changeFor(rule: Rule, target: Guarded): Promise<Partial<Limits> | string> {
    if (rule.act.kind === 'pause') return {};
    const { engine, cores } = this.options;
    const { config } = await engine.get(target.id);
    return limitsFor(rule.act, {
      sample: target.sample,
      limits: config.limits,
      inForce: await engine.limitsInForce(target.id),
      disk: this.disk,
      ioWeights: this.ioWeights,
      cores,
    });
  }

  private async over(key: string, reason: string, isGone: boolean): Promise<void> {
    const id = this.held.get(key);
    this.held.delete(key);
    if (id !== undefined) await this.release(id, reason, reason);
    else if (this.dryRun && !isGone) this.options.say(`${reason}: nothing to take back, this is a dry run`, false);
  }

  private async releaseAll(reason: string): Promise<void> {
    const ids = [...this.held.values()];
    this.held.clear();
    for (const id of ids) await this.release(id, reason, reason);
  }

  /** One that cannot be taken back keeps none of the others from it. */
  private async release(id: string, said: string, reason: string): Promise<void> {
    const { engine, say } = this.options;
    try {
      const held = (await engine.holds()).find((one) => one.id === id);
      const what = await engine.release(id, reason);
      say(`${said}: ${held?.name ?? 'it'} ${what}`, false);
    } catch (error) {
      this.fault(error);
    }
  }

  private fault(error: unknown): void {
    this.options.say(sentenceOf(error), true);
  }
}

function doing({ act }: Rule): string {
  switch (act.kind) {
    case 'quiet down':
      return 'quieting down';
    case 'halve':
      return act.whom.kind === 'heaviest' ? `halving the heaviest ${act.whom.of},` : 'halving';
    case 'pause':
      return 'pausing';
    case 'limit':
      return `limiting the ${act.limit} of`;
  }
}

const MiB = 1024 ** 2;
const size = (value: number): string => `${Number((value / MiB).toFixed(1))} MiB`;

/** Limits as people say them: "cpu 0.4, writes 12 MiB/s". */
export function limitsText(limits: Partial<Limits>): string {
  const { nanoCpus, memory, memoryHigh, memoryReservation, cpuShares, blkioWeight, pidsLimit } = limits;
  const rate = (rates: Limits['deviceReadBps']): string => `${size(rates?.at(-1)?.rate ?? 0)}/s`;
  return [
    ...(nanoCpus === undefined ? [] : [`cpu ${nanoCpus / 1e9}`]),
    ...(memory === undefined ? [] : [`memory ${size(memory)}`]),
    ...(memoryHigh === undefined ? [] : [`memory high ${size(memoryHigh)}`]),
    ...(memoryReservation === undefined ? [] : [`memory reservation ${size(memoryReservation)}`]),
    ...(limits.deviceReadBps === undefined ? [] : [`reads ${rate(limits.deviceReadBps)}`]),
    ...(limits.deviceWriteBps === undefined ? [] : [`writes ${rate(limits.deviceWriteBps)}`]),
    ...(cpuShares === undefined ? [] : [`cpu weight ${cpuShares}`]),
    ...(blkioWeight === undefined ? [] : [`io weight ${blkioWeight}`]),
    ...(pidsLimit === undefined ? [] : [`pids ${pidsLimit}`]),
  ].join(', ');
}

function sentenceOf(error: unknown): string {
  if (isTscontainError(error)) return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
