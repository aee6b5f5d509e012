// Stages a plan with real containers and records what the sampler saw of it, sample by sample, into a file.
import assert from 'node:assert/strict';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../../src/engine/index.js';
import { createSampler } from '../../src/metrics/index.js';
import { disks } from '../../src/metrics/devices.js';
import { CloserLook } from '../../src/metrics/neighbours/closer-look.js';
import { DiskLook } from '../../src/metrics/neighbours/disk-look.js';
import type { Observation } from '../../src/metrics/neighbours/observation.js';
import { entries, type EngineHouse } from '../../test/support/engine-house.js';
import { eventually } from '../../test/support/patience.js';
import { lineOf, type Heading, type Label } from './recording.js';
import type { Actor, Plan } from './scenarios.js';

const INTERVAL_MS = 1000;
/** Until what the making of the containers did to the machine is over. */
const SETTLING_MS = 1500;
/** Fewer say little about how many there are a second. */
const FEWEST_TURNS = 12;

export interface Staging {
  readonly house: EngineHouse;
  readonly scenario: string;
  readonly seed: number;
  readonly host: string;
  readonly plan: Plan;
  /** where the recording goes; it is not there before it is whole */
  readonly file: string;
  /** ends it before its time, with everything removed */
  readonly signal: AbortSignal;
}

/** Starts everybody and waits until they are ready; who was started is in `containers` even when it fails. */
async function begin(
  house: EngineHouse,
  project: string,
  actors: readonly Actor[],
  containers: Map<string, Container>,
): Promise<void> {
  for (const { name, script, limits } of actors)
    containers.set(name, await house.start(script, { name: `${project}-${name}`, project, ...(limits && { limits }) }));
  for (const [name, { id }] of containers)
    await eventually(() => assert.match(house.log(id), /ready/, `${name} is ready`), 20_000);
}

/** What all containers of a project may use together; the file is the memory controller's, v1 or v2. */
function limitProject({ cgroup }: Container, bytes: number): void {
  const v1 = cgroup.controllers['memory'];
  if (v1 !== undefined) writeFileSync(join(dirname(v1), 'memory.limit_in_bytes'), String(bytes));
  else writeFileSync(join(dirname(cgroup.unified!), 'memory.max'), String(bytes));
}

export async function stage({ house, scenario, seed, host, plan, file, signal }: Staging): Promise<void> {
  const project = `bench-${seed}`;
  const containers = new Map<string, Container>();
  const lines: string[] = [];
  let began: number | undefined;
  let signalled: number | undefined;
  let got: Record<string, number> = {};
  try {
    await begin(house, project, plan.actors, containers);
    if (plan.projectMemory !== undefined) limitProject([...containers.values()][0]!, plan.projectMemory);
    await delay(SETTLING_MS, undefined, { signal });
    const timers: NodeJS.Timeout[] = [];
    if (plan.begins !== undefined) {
      const { name, afterSeconds } = plan.begins;
      const { id } = containers.get(name)!;
      timers.push(
        setTimeout(() => {
          began = signalled = Date.now();
          // One that has ended by then is seen in what was recorded.
          house.engine.kill(id, 'USR1').catch(() => undefined);
        }, afterSeconds * 1000),
      );
    }
    const observations = await record(containers, plan.seconds, signal, (line) => lines.push(line)).finally(() =>
      timers.forEach(clearTimeout),
    );
    got = workDone(house, containers, observations[0]?.at ?? 0, began);
    if (plan.beganByKill === true) began = firstKill(observations, plan.victims[0]!) ?? began;
  } finally {
    for (const { id } of containers.values()) await house.engine.remove(id, { force: true });
  }
  const { victims, maybe = [], culprit, resource } = plan;
  const label: Label = {
    victims,
    maybe,
    ...(culprit !== undefined && victims.length > 0 && { culprit }),
    ...(resource !== undefined && { resource }),
    ...(began !== undefined && { began }),
    ...(signalled !== undefined && { signalled }),
    got,
  };
  const groups = Object.fromEntries([...containers.keys()].map((name) => [name, project]));
  const heading: Heading = { scenario, seed, host, intervalMs: INTERVAL_MS, groups, label };
  const aside = join(dirname(file), `.${basename(file)}`);
  writeFileSync(aside, `${JSON.stringify(heading)}\n`);
  appendFileSync(aside, lines.map((line) => `${line}\n`).join(''));
  renameSync(aside, file);
}

/** Turns a second since it began, of those before, of each that does turns. */
function workDone(
  house: EngineHouse,
  containers: ReadonlyMap<string, Container>,
  from: number,
  began: number | undefined,
): Record<string, number> {
  const done: Record<string, number> = {};
  const until = Date.now();
  if (began === undefined) return done;
  for (const [name, { id }] of containers) {
    const turns = entries(house.log(id)).flatMap(({ text, time }) => (text === 'turn' ? [Date.parse(time)] : []));
    const before = turns.filter((at) => at >= from && at < began).length / (began - from);
    const after = turns.filter((at) => at >= began && at < until).length / (until - began);
    if (before > 0 && turns.length >= FEWEST_TURNS) done[name] = Number((after / before).toFixed(3));
  }
  return done;
}

function firstKill(observations: readonly Observation[], name: string): number | undefined {
  const index = observations.findIndex(({ samples }) => (samples.get(name)?.oomKills ?? 0) > 0);
  // It happened in the interval before.
  return index < 0 ? undefined : observations[Math.max(0, index - 1)]!.at;
}

/** Samples for so long; ids become names, which stay the same from run to run. */
async function record(
  containers: ReadonlyMap<string, Container>,
  seconds: number,
  signal: AbortSignal,
  write: (line: string) => void,
): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  const sampler = createSampler({ intervalMs: INTERVAL_MS });
  const closerLook = new CloserLook();
  const diskLook = new DiskLook('/proc', disks('/sys'));
  const targets = [...containers].map(([id, { cgroup }]) => ({ id, cgroup }));
  try {
    sampler.setTargets(targets);
    sampler.onSample((at) => {
      const measured = targets.flatMap(({ id }) => {
        const sample = sampler.latest(id);
        return sample === undefined ? [] : [[id, sample] as const];
      });
      const closer = closerLook.look(targets, performance.now());
      const onDisks = diskLook.look(targets, performance.now());
      const host = sampler.latestHost();
      const observation = { at, host, samples: new Map(measured), closer, ...(onDisks && { disks: onDisks }) };
      observations.push(observation);
      write(lineOf(observation));
    });
    sampler.start();
    await delay(seconds * 1000, undefined, { signal });
  } finally {
    sampler.close();
  }
  return observations;
}
