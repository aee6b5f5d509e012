// The rules against made-up measurements: when something is done, to whom, when it is over, and who is never touched.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finding, Sample } from '../../../src/metrics/index.js';
import { Evaluation, type Guarded, type GuardObservation } from '../../../src/guard/evaluate.js';
import { parseRules, type RuleSet } from '../../../src/guard/index.js';

const MiB = 1024 ** 2;

interface Use {
  readonly io?: number;
  readonly cores?: number;
  readonly writes?: number;
  readonly memory?: number;
  readonly labels?: Record<string, string>;
  readonly project?: string;
}

function guarded(name: string, { io, cores = 0, writes = 0, memory, labels = {}, project }: Use): Guarded {
  const sample: Sample = {
    at: 0,
    cpu: { cores },
    memory: memory === undefined ? {} : { used: memory, limit: 100 },
    io: { writeBytes: writes, readBytes: 0 },
    pids: {},
    pressure: { cpu: {}, memory: {}, io: io === undefined ? {} : { some: io } },
    network: {},
  };
  return { id: `id-${name}`, name, project, labels, sample };
}

/** A guard that is told of a second at a time, and what it decided, as short words. */
class Story {
  readonly evaluation: Evaluation;
  at = 0;

  constructor(rules: string) {
    const read = parseRules(rules);
    assert.ok(!('problems' in read), JSON.stringify(read));
    this.evaluation = new Evaluation(read satisfies RuleSet);
  }

  /** So many seconds in which everything is like this. */
  seconds(count: number, uses: Record<string, Use>, findings: GuardObservation['findings'] = []): string[] {
    const said: string[] = [];
    for (let i = 0; i < count; i++) {
      this.at += 1000;
      const containers = Object.entries(uses).map(([name, use]) => guarded(name, use));
      for (const decision of this.evaluation.observe({ at: this.at, containers, findings })) {
        const whom = decision.kind === 'act' ? ` ${decision.target.name}` : '';
        said.push(`${this.at / 1000}: ${decision.kind}${whom} (${decision.reason})`);
      }
    }
    return said;
  }
}

const RULE = "while web's io pressure is over 20 %, halve the heaviest writer";
const BUSY = { web: { io: 31 }, backup: { writes: 50 * MiB }, job: { writes: 5 * MiB } };

describe('a rule that is met', () => {
  it('waits for as long as it says, then acts once on the heaviest', () => {
    const story = new Story(RULE);
    assert.deepEqual(story.seconds(60, BUSY), ["6: act backup (web's io pressure is 31 %, over 20 % for 5 s)"]);
  });

  it('is not met by a moment', () => {
    const story = new Story(RULE);
    assert.deepEqual(story.seconds(4, BUSY), []);
    assert.deepEqual(story.seconds(1, { ...BUSY, web: { io: 3 } }), []);
    assert.deepEqual(story.seconds(4, BUSY), []);
  });

  it('is over when it is clearly less, for a while, and not before the act has held for a while', () => {
    const story = new Story(RULE);
    story.seconds(6, BUSY);
    // Between three quarters of the threshold and the threshold it is neither met nor over.
    assert.deepEqual(story.seconds(60, { ...BUSY, web: { io: 16 } }), []);
    assert.deepEqual(story.seconds(60, { ...BUSY, web: { io: 2 } }), [
      "77: over (it is over: web's io pressure is 2 %)",
    ]);
  });

  it('holds longer each time that it comes again', () => {
    const story = new Story(RULE);
    const held: number[] = [];
    let since = 0;
    for (let i = 0; i < 400; i++) {
      const isHeld = since > 0;
      for (const said of story.seconds(1, { ...BUSY, web: { io: isHeld ? 1 : 50 } })) {
        if (said.includes('act')) since = story.at;
        else {
          held.push((story.at - since) / 1000);
          since = 0;
        }
      }
    }
    assert.deepEqual(held.slice(0, 3), [30, 60, 120]);
  });

  it('is over when its container does not run any more', () => {
    const story = new Story(RULE);
    story.seconds(6, BUSY);
    const { web: _web, ...others } = BUSY;
    assert.deepEqual(story.seconds(2, others), ['7: over (it does not run any more)']);
  });

  it('may be tried again after an act that could not be done', () => {
    const story = new Story(RULE);
    story.seconds(6, BUSY);
    story.evaluation.drop('1:id-web', story.at);
    assert.equal(story.seconds(10, BUSY).length, 1);
  });
});

describe('who is acted upon', () => {
  it('is never one that is protected, by label, by name, by project', () => {
    const protectedOnes = {
      a1: { writes: 90 * MiB, labels: { 'tscontain.protected': 'true' } },
      b2: { writes: 80 * MiB },
      c3: { writes: 70 * MiB, project: 'shop' },
    };
    const story = new Story(`protect b2\nprotect project shop\n${RULE}`);
    assert.match(story.seconds(6, { ...BUSY, ...protectedOnes })[0]!, /act backup/);
    const alone = new Story(`protect b2\nprotect project shop\n${RULE}`);
    assert.deepEqual(alone.seconds(60, { web: { io: 31 }, ...protectedOnes }), [
      "6: nobody (web's io pressure is 31 %, over 20 % for 5 s, but there is no writer besides it that may be acted upon)",
    ]);
    const named = new Story("protect db\nwhile web's io pressure is over 20 %, pause db");
    assert.match(named.seconds(9, { web: { io: 99 }, db: {} })[0]!, /but db is protected/);
  });

  it('is never the one that suffers as the heaviest, nor one that hardly uses any', () => {
    const story = new Story(RULE);
    assert.match(story.seconds(9, { web: { io: 31, writes: 90 * MiB }, job: { writes: 10 } })[0]!, /nobody/);
  });

  it('is not acted upon twice at once', () => {
    const story = new Story(`${RULE}\nwhile any container's io pressure is over 20 %, halve the heaviest writer`);
    const said = story.seconds(9, BUSY).map((text) => /act (\w+)/.exec(text)?.[1]);
    assert.deepEqual(said, ['backup', 'job']);
  });

  it('is each container that it is so of, with "any" and "it"', () => {
    const story = new Story("while any container's cpu is over 1, quiet down it");
    const said = story.seconds(9, { a1: { cores: 1.4 }, b2: { cores: 0.2 }, c3: { cores: 1.2 } });
    assert.deepEqual(said, [
      "6: act a1 (a1's cpu is 1.4 cores, over 1 cores for 5 s)",
      "6: act c3 (c3's cpu is 1.2 cores, over 1 cores for 5 s)",
    ]);
  });

  it('is the first suspect that may be acted upon, of one that suffers', () => {
    const finding = {
      key: 'k',
      victim: 'id-web',
      resource: 'io',
      byOwnLimit: false,
      suspects: ['host', 'id-db', 'id-backup'].map((id) => ({ id, share: 0.3, of: 'writes', rate: 1, rose: true })),
    } as unknown as Finding;
    const uses = { web: {}, db: {}, backup: {} };
    const story = new Story('protect db\nwhile web suffers from io, quiet down whoever does it');
    assert.deepEqual(story.seconds(1, uses, [finding]), ['1: act backup (web suffers from io)']);
    assert.deepEqual(story.seconds(60, uses), ['31: over (it is over: web does not suffer from io any more)']);
    const other = new Story('while web suffers from cpu, quiet down whoever does it');
    assert.deepEqual(other.seconds(9, uses, [finding, { ...finding, resource: 'cpu', byOwnLimit: true }]), []);
  });
});

describe('a measure', () => {
  it('of a project is the sum of its cores and the worst of its waiting', () => {
    const uses = {
      a1: { cores: 0.7, io: 5, project: 'p' },
      b2: { cores: 0.6, io: 40, project: 'p' },
      c3: { cores: 2 },
    };
    const cpu = new Story("while project p's cpu is over 1.2, pause c3");
    assert.match(cpu.seconds(6, uses)[0]!, /project p's cpu is 1.3 cores/);
    const io = new Story("while project p's io pressure is over 30 %, pause c3");
    assert.match(io.seconds(6, uses)[0]!, /project p's io pressure is 40 %/);
  });

  it('of memory is the share of the limit, and none without a limit', () => {
    const story = new Story("while any container's memory is over 90 %, pause it");
    assert.match(story.seconds(6, { a1: { memory: 95 }, b2: {} }).join(), /^6: act a1 \(a1's memory is 95 %/);
  });

  it('may be under something', () => {
    const story = new Story("while web's cpu is under 0.1 for 1 s, pause job");
    assert.match(
      story.seconds(3, { web: { cores: 0.01 }, job: {} })[0]!,
      /^2: act job \(web's cpu is 0.01 cores, under 0.1/,
    );
  });
});
