// The judge at work: after each sample it is told what was measured, with a closer look when it wants one.
import { dirname } from 'node:path';
import type { CgroupPaths, HostSample, Sample, Target } from '../model.js';
import type { Reader } from '../reader.js';
import { CloserLook } from './closer-look.js';
import { DiskLook } from './disk-look.js';
import { createJudge } from './judge.js';
import type { Finding } from './model.js';
import { isSum, type Closer, type DiskRates, type Observation } from './observation.js';
import { worthALook } from './worth.js';

/** One target and what was measured of it; undefined where it is not there at the moment. */
export interface Measured {
  readonly target: Target;
  readonly sample: Sample | undefined;
}

/** What was found out of a place: it is asked with each sample. */
const groups = new WeakMap<CgroupPaths, string | undefined>();

/** The cgroup above a target's: those who share it share its limits. */
export function groupOf({ cgroup }: Target): string | undefined {
  if (!groups.has(cgroup)) {
    const place = cgroup.controllers['memory'] ?? cgroup.unified ?? Object.values(cgroup.controllers)[0];
    groups.set(cgroup, place === undefined ? undefined : dirname(place));
  }
  return groups.get(cgroup);
}

/** What the judge is told; sums of others are left out. */
export function observationOf(at: number, host: HostSample | undefined, measured: readonly Measured[]): Observation {
  const samples = new Map<string, Sample>();
  const groups = new Map<string, string>();
  for (const { target, sample } of measured) {
    if (sample === undefined || isSum(target.id)) continue;
    samples.set(target.id, sample);
    const group = groupOf(target);
    if (group !== undefined) groups.set(target.id, group);
  }
  return { at, host, samples, groups };
}

/** Fewer cores than this over a sample are none: nothing to speak of is read or changed in half a millisecond. */
const STILL_CORES = 0.0005;

/** Measured, and nothing on any disk. */
const movesNothing = ({ io: { readBytes, writeBytes, readOps, writeOps } }: Sample): boolean =>
  readBytes === 0 && writeBytes === 0 && readOps === 0 && writeOps === 0;

export class NeighbourWatch {
  private readonly judge = createJudge();
  private readonly closerLook: CloserLook;
  private readonly diskLook: DiskLook;

  constructor(reader: Reader) {
    this.closerLook = new CloserLook(reader);
    this.diskLook = new DiskLook(reader.procRoot, reader.isDisk);
  }

  /** The same array as long as nobody suffers. */
  get findings(): readonly Finding[] {
    return this.judge.findings;
  }

  observe(at: number, monotonicMs: number, host: HostSample | undefined, measured: readonly Measured[]): void {
    const observation = observationOf(at, host, measured);
    const wanted = this.judge.wantsCloserLook;
    const closer = wanted ? this.lookCloser(monotonicMs, measured, observation) : undefined;
    const disks = wanted ? this.lookAtDisks(monotonicMs, measured) : undefined;
    if (!wanted) this.closerLook.rest();
    // The first look has no rates yet.
    this.judge.observe({
      ...observation,
      ...(closer && closer.size > 0 && { closer }),
      ...(disks && { disks }),
    });
  }

  private lookAtDisks(monotonicMs: number, measured: readonly Measured[]): DiskRates | undefined {
    const idle = new Set(measured.flatMap(({ target, sample }) => (sample && movesNothing(sample) ? [target.id] : [])));
    return this.diskLook.look(
      measured.map(({ target }) => target),
      monotonicMs,
      (id) => idle.has(id),
    );
  }

  close(): void {
    this.closerLook.rest();
  }

  private lookCloser(
    monotonicMs: number,
    measured: readonly Measured[],
    { host, samples }: Observation,
  ): ReadonlyMap<string, Closer> {
    const targets = measured.map(({ target }) => target);
    const still = new Set<string>();
    for (const { target, sample } of measured)
      if (sample?.cpu.cores !== undefined && sample.cpu.cores < STILL_CORES) still.add(target.id);
    const worth = worthALook(host, samples);
    return this.closerLook.look(
      targets,
      monotonicMs,
      (id) => still.has(id),
      (id) => worth.get(id),
    );
  }
}
