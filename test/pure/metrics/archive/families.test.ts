// While nothing runs in a project, its own CPU time is all that is read of its containers; where something does, they are asked.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, it, type TestContext } from 'node:test';
import { Families, type Member } from '../../../../src/metrics/archive/families.js';
import { DescriptorBudget, KeptFile, TextBuffer } from '../../../../src/metrics/kept-file.js';
import { wholeNumber } from '../../../../src/metrics/proc.js';
import type { Reader } from '../../../../src/metrics/reader.js';

class Sleeper implements Member {
  readonly use;
  rested: number[] = [];

  constructor(path: string, budget: DescriptorBudget) {
    const parse = (...[text, into]: Parameters<NonNullable<Member['use']>['parse']>): void => {
      into.cpuUs = wholeNumber(text);
    };
    this.use = { kept: new KeptFile(path, budget), parse };
  }

  rest({ at }: { readonly at: number }): void {
    this.rested.push(at / 1000);
  }
}

let cpuUs = 0;
beforeEach(() => {
  cpuUs = 0;
});

function project(t: TestContext, count: number) {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-family-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const budget = new DescriptorBudget(16);
  const reader: Reader = { procRoot: '/proc', buffer: new TextBuffer(), budget, isDisk: () => true };
  const families = new Families(reader);
  const members = Array.from({ length: count }, (_, i) => {
    mkdirSync(join(root, String(i)));
    return new Sleeper(join(root, String(i), 'cpu.stat'), budget);
  });
  /** @returns how many are to be asked themselves in this second */
  const glance = (second: number): number => {
    writeFileSync(join(root, 'cpu.stat'), `${cpuUs}\n`);
    return families.glance(members, { at: second * 1000, monotonicMs: second * 1000 }, 1000).length;
  };
  return { families, members, glance, root };
}

describe('a project in which nothing runs', () => {
  it('tells so for all of its containers from the second look on', (t) => {
    const { members, glance } = project(t, 5);
    assert.deepEqual([glance(1), glance(2), glance(3)], [5, 0, 0]);
    for (const { rested } of members) assert.deepEqual(rested, [2, 3]);
  });

  it('does when somebody wakes for an instant, and not when anything is done', (t) => {
    const { glance, members } = project(t, 5);
    glance(1);
    cpuUs = 900;
    assert.equal(glance(2), 0);
    cpuUs += 1100;
    assert.equal(glance(3), 5);
    assert.deepEqual(members[0]!.rested, [2]);
  });

  it('is not asked for ten seconds after something ran in it, then looked at anew', (t) => {
    const { glance } = project(t, 5);
    glance(1);
    cpuUs = 50_000;
    const asked = Array.from({ length: 13 }, (_, i) => glance(i + 2));
    assert.deepEqual(asked, [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 0, 0]);
  });

  it('knows nothing after a time in which nobody looked', (t) => {
    const { glance } = project(t, 5);
    assert.deepEqual([glance(1), glance(2), glance(60), glance(61)], [5, 0, 5, 0]);
  });

  it('tells nothing of a few, nor where it has no such file', (t) => {
    const few = project(t, 2);
    assert.deepEqual([few.glance(1), few.glance(2)], [2, 2]);
    const gone = project(t, 5);
    gone.glance(1);
    const { families, members } = gone;
    families.close();
    rmSync(join(gone.root, 'cpu.stat'));
    assert.equal(families.glance(members, { at: 2000, monotonicMs: 2000 }, 1000).length, 5);
  });
});
