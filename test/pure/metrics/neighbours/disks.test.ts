// Whose disk it is: who writes to another disk than the victim waits for is not blamed; everything else is as it was.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { replay } from '../../../../bench/neighbours/score.js';
import {
  describeFinding,
  HOST_ID,
  type Closer,
  type Finding,
  type Observation,
} from '../../../../src/metrics/index.js';
import { MiB, observationAt, T0, type Doing, type Machine } from '../../../support/observations.js';

interface Scene {
  readonly doings: Readonly<Record<string, Doing>>;
  readonly machine?: Machine;
  readonly closer?: Readonly<Record<string, Closer>>;
}

/** Half a minute of calm, then ten seconds of it. */
const CALM_SECONDS = 30;
const SECONDS = 10;

function observed({ doings, machine, closer }: Scene): Observation[] {
  const calm = Object.fromEntries(Object.keys(doings).map((id) => [id, { cores: 0.1, ioWait: 1 }]));
  return Array.from({ length: CALM_SECONDS + SECONDS }, (_, second): Observation => {
    const at = T0 + second * 1000;
    if (second < CALM_SECONDS) return observationAt(at, calm);
    return {
      ...observationAt(at, doings, machine),
      ...(closer && { closer: new Map(Object.entries(closer)) }),
    };
  });
}

/** What is said of web at the end, by a judge who gets a closer look when he asks for it. */
function said(scene: Scene): Finding | undefined {
  return replay(observed(scene))
    .at(-1)!
    .findings.find(({ victim, resource }) => victim === 'web' && resource === 'io');
}

const who = (finding: Finding | undefined): readonly string[] | undefined => finding?.suspects.map(({ id }) => id);

/** The machine's own log is on sda, so that both disks are in use whatever else happens. */
const log: Machine = { on: { sda: { writeBytes: 4096, operations: 1 } } };
const web: Doing = { ioWait: 40, on: { sda: { readBytes: MiB, operations: 40 } } };
const writes = (disk: string, bytes: number): Doing => ({
  ioWait: 60,
  on: { [disk]: { writeBytes: bytes, operations: bytes / MiB } },
});

describe('a victim that waits for one of two disks', () => {
  it('is hurt by who writes there, not by who writes more to the other', () => {
    const finding = said({
      doings: { web, batch: writes('sda', 20 * MiB), backup: writes('sdb', 200 * MiB) },
      machine: log,
    });
    assert.deepEqual(who(finding), ['batch']);
    const [batch] = finding!.suspects;
    assert.deepEqual([batch?.disk, batch?.of, batch?.rose], ['sda', 'writes', true]);
    assert.ok(batch!.share > 0.99, `${batch!.share} of what is written to sda`);
    assert.match(
      describeFinding(finding!, (id) => id),
      /^web waits 40 % of its time for the disk since \d\d:\d\d; batch makes 100 % of the writes on sda$/,
    );
  });

  it('and nobody else is at work there, is hurt by nobody', () => {
    const scene = { doings: { web, backup: writes('sdb', 200 * MiB) }, machine: log };
    assert.deepEqual(who(said(scene)) ?? [], []);
  });

  it('is hurt by who is at work on both, with what he does there', () => {
    const both: Doing = {
      ...writes('sda', 30 * MiB),
      on: { ...writes('sda', 30 * MiB).on, ...writes('sdb', 90 * MiB).on },
    };
    const [backup] = said({ doings: { web, backup: both }, machine: log })!.suspects;
    assert.deepEqual([backup?.id, backup?.disk], ['backup', 'sda']);
    assert.ok(Math.abs(backup!.rate / MiB - 30) < 3, `${backup!.rate / MiB} MiB/s`);
  });

  it('is hurt by programs outside of all containers when they are at work there', () => {
    const doings = { web, backup: writes('sdb', 200 * MiB) };
    const outside = said({ doings, machine: { on: writes('sda', 80 * MiB).on! } });
    assert.deepEqual([who(outside), outside?.suspects[0]?.disk], [[HOST_ID], 'sda']);
  });

  it('that uses both is hurt by whoever writes to either, and no disk is named', () => {
    const two: Doing = { ...web, on: { ...web.on, sdb: { readBytes: MiB, operations: 40 } } };
    const finding = said({ doings: { web: two, batch: writes('sda', 20 * MiB), backup: writes('sdb', 200 * MiB) } });
    assert.deepEqual(who(finding), ['backup']);
    assert.equal(finding!.suspects[0]!.disk, undefined);
  });
});

describe('what the kernel writes back later and charges nobody with, as on cgroup v1', () => {
  const changing = (id: string, bytes: number): Scene['closer'] => ({ [id]: { writeBytes: bytes } });

  it('is on the disk on which nobody is charged with what is written', () => {
    const doings = { web, backup: { ioWait: 60, on: {} } };
    const closer = changing('backup', 90 * MiB)!;
    const there = said({ doings, closer, machine: { on: { ...log.on, ...writes('sdb', 90 * MiB).on } } });
    assert.deepEqual(who(there) ?? [], []);
    const here = said({
      doings,
      closer,
      machine: { on: { ...writes('sda', 90 * MiB).on, sdb: { writeBytes: 4096, operations: 1 } } },
    });
    assert.deepEqual([who(here), here?.suspects[0]?.disk], [['backup'], 'sda']);
  });

  it('may be the victim’s own on any of them: then who writes to any counts', () => {
    const doings = { web, backup: writes('sdb', 200 * MiB) };
    const machine: Machine = {
      on: { sda: { writeBytes: MiB, operations: 10 }, sdb: { writeBytes: 20 * MiB, operations: 90 } },
    };
    assert.deepEqual(who(said({ doings, machine, closer: changing('web', 20 * MiB)! })), ['backup']);
  });
});

describe('where disks cannot be told apart, it is as it was', () => {
  const withoutDisks = (observations: readonly Observation[]): Observation[] =>
    observations.map(({ disks: _, ...rest }) => rest);
  const same = (scene: Scene): void => {
    const observations = observed(scene);
    const [told, untold] = [replay(observations), replay(withoutDisks(observations))];
    assert.deepEqual(told, untold);
    assert.ok(untold.at(-1)!.findings.length > 0, 'something is said');
  };

  it('on a machine with one disk', () => same({ doings: { web, backup: writes('sda', 90 * MiB) }, machine: log }));

  it('with a second one that nobody uses', () =>
    same({ doings: { web, backup: writes('sda', 90 * MiB) }, machine: { on: { sdb: {} } } }));

  it('when nothing that the victim moves is measured', () =>
    same({ doings: { web: { ioWait: 40, on: {} }, backup: writes('sdb', 90 * MiB) }, machine: log }));
});
