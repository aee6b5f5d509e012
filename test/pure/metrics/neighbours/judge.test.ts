// Each rule of the judge, on series made by hand: what is said, of whom, since when, and above all what is not said.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createJudge, HOST_ID, type Finding, type Judge, type Observation } from '../../../../src/metrics/index.js';
import { MiB, observationAt, T0, type Doing, type Machine } from '../../../support/observations.js';

type Doings = Readonly<Record<string, Doing>>;

/** A judge to whom seconds happen. */
class Court {
  readonly judge: Judge = createJudge();
  at = T0;

  constructor(private readonly stepMs = 1000) {}

  /** @returns what is said at the end of it */
  pass(seconds: number, doings: Doings, machine: Machine = {}, more: Partial<Observation> = {}): readonly Finding[] {
    for (let passed = 0; passed < seconds * 1000; passed += this.stepMs) {
      this.at += this.stepMs;
      this.judge.observe({ ...observationAt(this.at, doings, machine), ...more });
    }
    return this.judge.findings;
  }
}

const only = (findings: readonly Finding[]): Finding => {
  assert.equal(findings.length, 1, JSON.stringify(findings));
  return findings[0]!;
};

const calm: Doings = { web: { cores: 0.3, cpuWait: 4, ioWait: 1 }, backup: {} };
const diskHog: Doings = { web: { cores: 0.3, cpuWait: 4, ioWait: 23 }, backup: { writes: 57 * MiB, ioWait: 60 } };

describe('a container that waits for the disk', () => {
  it('is said within five seconds, since when it began, with who makes the writes', () => {
    const court = new Court();
    court.pass(30, calm);
    const began = court.at;
    const finding = only(court.pass(5, diskHog));
    assert.deepEqual(
      [finding.key, finding.victim, finding.resource, finding.symptom, finding.byOwnLimit],
      ['web/io', 'web', 'io', 'waits', false],
    );
    assert.equal(finding.since, began);
    assert.equal(Math.round(finding.percent), 23);
    assert.ok(finding.usualPercent < 2.5, `${finding.usualPercent} % are usual`);
    const [suspect] = finding.suspects;
    assert.deepEqual([suspect?.id, suspect?.of, suspect?.rose], ['backup', 'writes', true]);
    assert.ok(suspect!.share > 0.9 && suspect!.share <= 1);
    assert.deepEqual(
      finding.evidence.map(({ target, series }) => `${target} ${series}`),
      ['web pressure.io.some', 'backup io.writeBytes'],
    );
  });

  it('is so at ten samples a second, at one in five seconds, and in steps of ten', () => {
    for (const stepMs of [100, 200, 500, 2000, 5000, 10_000]) {
      const court = new Court(stepMs);
      court.pass(60, calm);
      const began = court.at;
      const finding = only(court.pass(10, diskHog));
      assert.deepEqual([finding.key, finding.suspects[0]?.id], ['web/io', 'backup'], `steps of ${stepMs} ms`);
      assert.equal(finding.since, began);
    }
  });

  it('is said no longer ten seconds after it is over, and does not flicker before', () => {
    const court = new Court();
    court.pass(30, calm);
    const { since } = only(court.pass(20, diskHog));
    // It lets up for a second now and then.
    for (let i = 0; i < 5; i++) {
      assert.equal(only(court.pass(2, calm)).since, since);
      assert.equal(only(court.pass(4, diskHog)).since, since);
    }
    assert.deepEqual(court.pass(10, calm), []);
  });

  it('does not get used to it', () => {
    const court = new Court();
    court.pass(60, calm);
    const first = only(court.pass(5, diskHog));
    const later = only(court.pass(3600, diskHog));
    assert.deepEqual([later.since, later.usualPercent], [first.since, first.usualPercent]);
  });

  it('is not said for a burst of two seconds, nor for one a minute', () => {
    const court = new Court();
    court.pass(30, calm);
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(court.pass(2, diskHog), []);
      assert.deepEqual(court.pass(50, calm), []);
    }
  });

  it('and always did, is not said for waiting as usual', () => {
    const court = new Court();
    const usual: Doings = { web: { ioWait: 4, reads: 10 * MiB }, backup: { writes: 20 * MiB } };
    assert.deepEqual(court.pass(300, usual), []);
    const somewhatMore: Doings = { ...usual, web: { ioWait: 6, reads: 12 * MiB } };
    assert.deepEqual(court.pass(60, somewhatMore), []);
  });

  it('by its own reads, is nobody else’s victim', () => {
    const court = new Court();
    court.pass(30, calm);
    const itself: Doings = { web: { ioWait: 70, reads: 200 * MiB }, backup: { writes: MiB } };
    assert.deepEqual(court.pass(60, itself), []);
  });

  it('and nobody stands out, is said late, and so', () => {
    const court = new Court();
    court.pass(30, { ...calm, db: {} });
    const slowDisk: Doings = { web: { ioWait: 80, operations: 10 }, backup: { operations: 9 }, db: { operations: 11 } };
    assert.deepEqual(court.pass(5, slowDisk), []);
    const finding = only(court.pass(10, slowDisk).filter(({ victim }) => victim === 'web'));
    assert.deepEqual(finding.suspects, []);
    assert.ok(finding.confidence < 0.5);
  });

  it('and what makes the writes is outside of all containers, is said with that', () => {
    const court = new Court();
    court.pass(30, calm);
    const finding = only(court.pass(6, { ...calm, web: { ioWait: 30 } }, { writes: 90 * MiB }));
    assert.deepEqual([finding.suspects[0]?.id, finding.suspects[0]?.of], [HOST_ID, 'writes']);
  });
});

describe('writes that no container is charged with', () => {
  const waiting = { web: { ioWait: 30, dirty: MiB }, backup: { dirty: 99 * MiB } };

  it('are those of whose pages wait for the disk', () => {
    const court = new Court();
    court.pass(30, calm);
    const [suspect] = only(court.pass(6, waiting, { writes: 80 * MiB })).suspects;
    assert.deepEqual([suspect?.id, suspect?.of], ['backup', 'writes']);
    assert.ok(Math.abs(suspect!.share - 0.99) < 0.01, `${suspect!.share}`);
  });

  it('are those of whose processes changed the pages, as the closer look says that is asked for', () => {
    const court = new Court();
    court.pass(30, calm);
    assert.equal(court.judge.wantsCloserLook, false);
    court.pass(1, waiting, { writes: 80 * MiB });
    assert.equal(court.judge.wantsCloserLook, true);
    const closer = new Map([
      ['web', { writeBytes: 0 }],
      ['backup', { writeBytes: 300 * MiB }],
    ]);
    const finding = only(court.pass(5, { ...waiting, backup: {} }, { writes: 80 * MiB }, { closer }));
    const [suspect] = finding.suspects;
    assert.equal(suspect?.id, 'backup');
    assert.ok(suspect.share > 0.99 && suspect.share <= 1);
  });
});

describe('a container that waits for a CPU', () => {
  const alone: Doings = { web: { cores: 0.5, cpuWait: 4 }, hog: {} };
  const hogged: Doings = { web: { cores: 0.4, cpuWait: 40 }, hog: { cores: 1.5, cpuWait: 95 } };

  it('is said with who uses the CPUs; the hog that waits for itself is not', () => {
    const court = new Court();
    court.pass(30, alone);
    const finding = only(court.pass(5, hogged));
    assert.deepEqual([finding.key, finding.suspects[0]?.id, finding.suspects[0]?.of], ['web/cpu', 'hog', 'cpu time']);
    assert.ok(Math.abs(finding.suspects[0]!.share - 1.5 / 1.9) < 0.1);
  });

  it('names first who came when it began, not who always was there', () => {
    const court = new Court();
    court.pass(120, alone, { cores: 0.9 });
    const finding = only(court.pass(6, { web: { cores: 0.3, cpuWait: 40 }, hog: { cores: 0.7 } }, { cores: 0.9 }));
    assert.deepEqual(
      finding.suspects.map(({ id, rose }) => [id, rose]),
      [
        ['hog', true],
        [HOST_ID, false],
      ],
    );
  });

  it('and for its page cache at once, has the same suspect', () => {
    const court = new Court();
    court.pass(30, alone);
    const both = { ...hogged, web: { ...hogged['web'], refaults: 20_000, reads: 80 * MiB } };
    assert.equal(only(court.pass(6, both)).suspects[0]?.id, 'hog');
  });

  it('as two innocents do that are busy at once and hardly in each other’s way, is not said', () => {
    const court = new Court();
    court.pass(20, { web: { cores: 0.8, cpuWait: 1 }, api: {} });
    assert.deepEqual(court.pass(60, { web: { cores: 0.8, cpuWait: 9 }, api: { cores: 0.8, cpuWait: 9 } }), []);
  });

  it('by its own quota, is said to be held by itself', () => {
    const court = new Court();
    court.pass(20, alone);
    const finding = only(court.pass(5, { web: { cores: 0.2, cpuWait: 90, throttled: 78 }, hog: { cores: 1 } }));
    assert.deepEqual(
      [finding.key, finding.symptom, finding.byOwnLimit, finding.suspects],
      ['web/cpu', 'throttled', true, []],
    );
    assert.equal(Math.round(finding.percent), 78);
  });

  it('is found without pressure files by a closer look', () => {
    const court = new Court();
    const blind: Doings = { web: { cores: 0.4, cpuWait: undefined }, hog: { cores: 1.6, cpuWait: undefined } };
    court.pass(1, { ...blind, hog: { cpuWait: undefined } });
    court.pass(1, blind);
    assert.equal(court.judge.wantsCloserLook, true);
    const closer = new Map([
      ['web', { waitingCores: 0.6 }],
      ['hog', { waitingCores: 5 }],
    ]);
    const finding = only(court.pass(6, blind, {}, { closer }));
    assert.deepEqual([finding.victim, finding.suspects[0]?.id], ['web', 'hog']);
  });
});

describe('a container that is short of memory', () => {
  const before: Doings = { cache: { anon: 10 * MiB }, hog: { anon: 10 * MiB }, other: {} };
  const thrashing: Doings = {
    cache: { anon: 10 * MiB, ioWait: 14, memoryWait: 6, refaults: 20_000, reads: 80 * MiB },
    hog: { anon: 300 * MiB },
    other: { reads: 500 * MiB },
  };
  const groups = new Map([
    ['cache', '/shop'],
    ['hog', '/shop'],
    ['other', '/elsewhere'],
  ]);

  it('reads again what another took, who shares its limits, and still has it later', () => {
    const court = new Court();
    court.pass(30, before, {}, { groups });
    const finding = only(court.pass(5, thrashing, {}, { groups }));
    assert.deepEqual(
      [finding.key, finding.symptom, finding.suspects.map(({ id, of }) => [id, of])],
      ['cache/memory', 'reclaims', [['hog', 'memory growth']]],
    );
    const later = only(court.pass(60, thrashing, {}, { groups }));
    assert.equal(later.suspects[0]?.id, 'hog');
  });

  it('from a disk so quick that it reads again many times what was taken, has the same suspect', () => {
    const court = new Court();
    court.pass(30, before, {}, { groups });
    const quick = { ...thrashing, cache: { ...thrashing['cache'], refaults: 200_000, reads: 800 * MiB } };
    assert.equal(only(court.pass(5, quick, {}, { groups })).suspects[0]?.id, 'hog');
  });

  it('because the machine is, may be so by anybody', () => {
    const court = new Court();
    court.pass(30, before, {}, { groups });
    const all = court.pass(6, { ...thrashing, hog: before['hog']! }, { reclaimed: 50_000 }, { groups });
    assert.equal(only(all).suspects[0]?.id, 'other');
  });

  it('by its own limit, is said to be held by itself', () => {
    const court = new Court();
    court.pass(30, before);
    const finding = only(court.pass(5, { cache: { memoryWait: 20, refaults: 9000, reads: 40 * MiB, limitHits: 300 } }));
    assert.deepEqual([finding.symptom, finding.byOwnLimit, finding.suspects], ['reclaims', true, []]);
  });

  it('and does not suffer from meeting its limit, is not said', () => {
    const court = new Court();
    assert.deepEqual(court.pass(60, { cache: { limitHits: 300, reads: 40 * MiB, ioWait: 2 } }), []);
  });

  it('and has a process killed, is said at once, for half a minute', () => {
    const court = new Court();
    court.pass(10, before);
    const finding = only(court.pass(1, { cache: { oomKills: 1, limitHits: 20 } }));
    assert.deepEqual([finding.symptom, finding.byOwnLimit, finding.since], ['killed', true, court.at]);
    assert.equal(only(court.pass(25, { cache: { oomKills: 1 } })).symptom, 'killed');
    assert.deepEqual(court.pass(10, { cache: { oomKills: 1 } }), []);
  });

  it('and has a process killed because another took it all, is said with him', () => {
    const court = new Court();
    court.pass(30, before, {}, { groups });
    court.pass(5, thrashing, {}, { groups });
    const finding = only(
      court.pass(1, { ...thrashing, cache: { ...thrashing['cache'], oomKills: 1 } }, {}, { groups }),
    );
    assert.deepEqual([finding.symptom, finding.byOwnLimit, finding.suspects[0]?.id], ['killed', false, 'hog']);
  });

  it('whose processes were killed before anybody looked, is not said', () => {
    assert.deepEqual(new Court().pass(10, { cache: { oomKills: 7 } }), []);
  });
});

describe('the judge', () => {
  it('counts no sum of others twice', () => {
    const court = new Court();
    const sum = 'project:shop';
    court.pass(30, { ...calm, [sum]: {} });
    const found = court.pass(6, { ...diskHog, [sum]: { writes: 57 * MiB, ioWait: 60 } }, { writes: -57 * MiB });
    assert.deepEqual(
      found.map(({ victim, suspects }) => [victim, suspects.map(({ id, share }) => [id, Math.round(share * 100)])]),
      [['web', [['backup', 100]]]],
    );
  });

  it('forgets who is gone, and goes on when the clock was set or nothing was seen for long', () => {
    const court = new Court();
    court.pass(30, calm);
    only(court.pass(6, diskHog));
    assert.deepEqual(court.pass(5, { backup: diskHog['backup']! }), []);
    only(court.pass(6, diskHog));
    court.at -= 3_600_000;
    assert.deepEqual(court.pass(1, diskHog), []);
    only(court.pass(6, diskHog));
    court.at += 3_600_000;
    assert.deepEqual(court.pass(1, diskHog), []);
  });

  it('does not take a missed sample for an end', () => {
    const court = new Court();
    court.pass(30, calm);
    const { since } = only(court.pass(6, diskHog));
    court.pass(1, { backup: diskHog['backup']! });
    assert.equal(only(court.pass(1, diskHog)).since, since);
  });

  it('says the gravest first, and what can be helped before what cannot, without changing its mind over little', () => {
    const court = new Court();
    const others: Doings = { web: { cores: 0.2 }, db: {}, hog: {}, backup: {} };
    court.pass(30, others);
    const first = (db: number, seconds: number): string | undefined => {
      const now = { ...others, web: { cores: 0.2, cpuWait: 40 }, db: { ioWait: db }, backup: { writes: 50 * MiB } };
      return court.pass(seconds, now, { cores: 1.6 })[0]?.key;
    };
    assert.equal(first(30, 8), 'db/io');
    assert.equal(first(18, 20), 'db/io');
    assert.equal(first(6, 30), 'web/cpu');
    assert.equal(first(20, 30), 'web/cpu');
    assert.equal(first(60, 30), 'db/io');
  });

  it('has the same empty array as long as nobody suffers', () => {
    const court = new Court();
    assert.equal(court.pass(5, calm), court.pass(5, calm));
  });
});
