// Create, start, remove, again and again in one process: descriptors, cgroups, files and memory stay where they are.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { openEngine, type Engine } from '../../src/engine/index.js';
import { rounds } from '../support/chance.js';
import { House, product } from '../support/house.js';
import { vitalSigns } from '../support/vital-signs.js';

const CYCLES = rounds(60, 1000);

const residentKiB = (pid: number) => vitalSigns(pid).residentKiB;
const descriptors = (pid: number | 'self') => vitalSigns(pid).descriptors;

describe(`${CYCLES} cycles of create, start, wait, remove`, () => {
  let house: House;
  let engine: Engine;
  before(async () => {
    house = new House();
    engine = await openEngine({ root: house.root, supervisorEntry: product('supervisor') });
  });
  after(async () => {
    engine.close();
    await house.close();
  });

  const cycle = async () => {
    const { id } = await engine.create({ image: 'base', cmd: ['true'] });
    await engine.start(id);
    assert.equal((await engine.wait(id)).exitCode, 0);
    await engine.remove(id);
  };

  it('leave descriptors, cgroups, files and memory flat', async () => {
    for (let warmUp = 0; warmUp < 20; warmUp += 1) await cycle();
    const [supervisor] = house.supervisorPids();
    assert.ok(supervisor !== undefined);
    const before_ = { ours: descriptors('self'), theirs: descriptors(supervisor), theirKiB: residentKiB(supervisor) };
    for (let count = 0; count < CYCLES; count += 1) await cycle();
    assert.ok(
      descriptors('self') <= before_.ours + 3,
      `descriptors here: ${before_.ours}, then ${descriptors('self')}`,
    );
    assert.ok(
      descriptors(supervisor) <= before_.theirs + 3,
      `descriptors of the supervisor: ${before_.theirs}, then ${descriptors(supervisor)}`,
    );
    const grown = residentKiB(supervisor) - before_.theirKiB;
    assert.ok(grown < 24 * 1024, `the supervisor grew by ${grown} KiB`);
    assert.deepEqual(readdirSync(`${house.root}/containers`), []);
    assert.deepEqual(
      readdirSync(`${house.root}/names`).filter((name) => !name.startsWith('.')),
      [],
    );
    console.log(
      `# cycles: ${CYCLES}; supervisor ${before_.theirKiB} KiB + ${grown} KiB; descriptors ${before_.theirs} → ${descriptors(supervisor)}`,
    );
  });
});
