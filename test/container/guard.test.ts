// The guard on real containers: an act is put in force, told with its reason, and taken back when it is over, at its end, and
// after it was killed; what somebody else has changed stays.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Sample } from '../../src/metrics/index.js';
import { Guard, parseRules, type GuardOptions } from '../../src/guard/index.js';
import { layout } from '../../src/engine/state/layout.js';
import { EngineHouse } from '../support/engine-house.js';
import { gather } from '../support/gather.js';
import { House, outcome } from '../support/house.js';
import { patience } from '../support/patience.js';
import { refusal } from '../support/refusal.js';

const LOOP = 'while :; do sleep 0.05; done';
const BUSY = 'trap exit TERM; while :; do :; done';

let house: EngineHouse;
beforeEach(async () => {
  house = await EngineHouse.open();
});
afterEach(() => house.close());

const heldFiles = () => (existsSync(layout.holds(house.root)) ? readdirSync(layout.holds(house.root)) : []);
const limitsOf = async (name: string) => (await house.engine.get(name)).config.limits;

const sampleOf = (pressure: number, cores: number): Sample => ({
  at: 0,
  cpu: { cores },
  memory: {},
  io: {},
  pids: {},
  pressure: { cpu: { some: pressure }, memory: {}, io: {} },
  network: {},
});

/** Measurements that the test makes up; everything else is real. */
function guarding(rules: string, options: Partial<GuardOptions> = {}) {
  const read = parseRules(rules);
  assert.ok(!('problems' in read));
  const said: string[] = [];
  const samples = new Map<string, Sample>();
  const guard = new Guard({
    engine: house.engine,
    readings: { latest: (id) => samples.get(id), findings: () => [] },
    rules: read,
    dryRun: false,
    cores: 2,
    say: (sentence) => void said.push(sentence),
    ...options,
  });
  let at = 0;
  /** So many seconds in which web waits so much and noisy uses so much. */
  const seconds = async (count: number, pressure: number, cores: number): Promise<void> => {
    const containers = await house.engine.list();
    for (const { id, config } of containers)
      samples.set(id, config.name === 'web' ? sampleOf(pressure, 0.1) : sampleOf(0, cores));
    for (let i = 0; i < count; i++) await guard.observe((at += 1000), containers);
  };
  return { guard, said, seconds };
}

const RULE = "while web's cpu pressure is over 20 %, halve the heaviest cpu user";

describe('a hold', () => {
  it('is in force and on the disk until it is taken back, and told both times with its reason', async () => {
    const since = Date.now();
    await house.start(LOOP, { name: 'held', limits: { cpuQuota: 150_000, cpuPeriod: 100_000 } });
    const { id } = await house.engine.hold('held', { limits: { nanoCpus: 5e8, pidsLimit: 30 } }, 'too much of it');
    assert.deepEqual(
      [(await house.engine.limitsInForce('held')).cpuQuota, (await house.engine.limitsInForce('held')).pidsLimit],
      [50_000, 30],
    );
    const [held] = await house.engine.holds();
    assert.deepEqual([held!.id, held!.name, held!.isOwned, held!.reason], [id, 'held', true, 'too much of it']);
    assert.equal(await house.engine.release(id, 'enough'), 'has its limits back');
    const { cpuQuota, cpuPeriod, pidsLimit } = await limitsOf('held');
    assert.deepEqual([cpuQuota, cpuPeriod, pidsLimit], [150_000, 100_000, -1]);
    assert.deepEqual([heldFiles(), await house.engine.holds()], [[], []]);
    await assert.rejects(house.engine.release(id, 'again'), refusal('INVALID_VALUE', /no hold/));
    const told = (await gather(house.engine.events({ since, until: Date.now() }))).filter(
      ({ action }) => action === 'guard',
    );
    assert.deepEqual(
      told.map(({ attributes: { what, reason } }) => [what, reason]),
      [
        ['limited', 'too much of it'],
        ['has its limits back', 'enough'],
      ],
    );
  });

  it('leaves what somebody else has changed since, and a pause that is over', async () => {
    await house.start(LOOP, { name: 'shared' });
    const limits = await house.engine.hold('shared', { limits: { nanoCpus: 5e8, pidsLimit: 30 } }, 'r');
    await house.engine.update('shared', { limits: { pidsLimit: 99 } });
    assert.match(await house.engine.release(limits.id, 'r'), /but for those that somebody else set/);
    assert.deepEqual([(await limitsOf('shared')).nanoCpus, (await limitsOf('shared')).pidsLimit], [0, 99]);
    const pause = await house.engine.hold('shared', { pause: true }, 'r');
    assert.equal((await house.engine.get('shared')).state.status, 'paused');
    await house.engine.unpause('shared');
    assert.match(await house.engine.release(pause.id, 'r'), /somebody else/);
    const again = await house.engine.hold('shared', { pause: true }, 'r');
    assert.equal(await house.engine.release(again.id, 'r'), 'goes on');
    assert.equal((await house.engine.get('shared')).state.status, 'running');
  });

  it('that is refused is none, and of one that is gone there is nothing to take back', async () => {
    await house.create({ name: 'small' });
    await assert.rejects(house.engine.hold('small', { limits: { memory: 5 } }, 'r'), refusal('INVALID_VALUE'));
    await assert.rejects(house.engine.hold('small', { pause: true }, 'r'), refusal('ILLEGAL_STATE'));
    assert.deepEqual(heldFiles(), []);
    const { id } = await house.engine.hold('small', { limits: { pidsLimit: 9 } }, 'r');
    await house.engine.remove('small', { keepSeconds: 60 });
    assert.match(await house.engine.release(id, 'r'), /still kept/);
    await house.engine.restore('small');
    assert.equal((await limitsOf('small')).pidsLimit, 9);
    assert.equal((await house.engine.holds()).length, 1, 'what it came back with is still to be taken back');
    await house.engine.remove('small');
    assert.equal(await house.engine.release(id, 'r'), 'small is gone');
    writeFileSync(join(layout.holds(house.root), 'ffffffffffffffff.json'), '{"schema":1,');
    assert.deepEqual(await house.engine.holds(), [], 'what cannot be read is left out');
  });
});

describe('a hold of a guard that was killed', () => {
  /** As it is on the disk when its owner is no more. */
  async function orphaned(name: string): Promise<void> {
    const { id } = await house.engine.hold(name, { limits: { nanoCpus: 5e8 } }, 'web waits');
    const path = layout.hold(house.root, id);
    const held = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...held, owner: { pid: process.pid, startTime: 1 } }));
  }

  it('is taken back by whichever manager comes next, and told; those of the living stay', async () => {
    await house.start(LOOP, { name: 'left' });
    await house.start(LOOP, { name: 'mine' });
    await orphaned('left');
    const mine = await house.engine.hold('mine', { limits: { nanoCpus: 5e8 } }, 'r');
    const { actions } = await (await house.anotherEngine()).recover();
    assert.deepEqual(
      actions.map(({ name, what }) => [name, what]),
      [['left', 'a guard that was killed had quietened it (web waits): it has its limits back']],
    );
    assert.deepEqual([(await limitsOf('left')).nanoCpus, (await limitsOf('mine')).nanoCpus], [0, 5e8]);
    assert.deepEqual(
      (await house.engine.holds()).map(({ id }) => id),
      [mine.id],
    );
    assert.deepEqual((await house.engine.recover()).actions, [], 'once');
    await house.engine.release(mine.id, 'r');
  });

  it('waits while its container is removed and kept, and goes with it', async () => {
    await house.create({ name: 'left' });
    await orphaned('left');
    await house.engine.remove('left', { keepSeconds: 60 });
    assert.deepEqual((await house.engine.recover()).actions, []);
    await house.engine.restore('left');
    assert.equal((await limitsOf('left')).nanoCpus, 5e8);
    assert.equal((await house.engine.recover()).actions.length, 1);
    assert.equal((await limitsOf('left')).nanoCpus, 0);
    await orphaned('left');
    await house.engine.remove('left');
    assert.deepEqual([(await house.engine.recover()).actions, heldFiles()], [[], []]);
  });

  it('is taken back by a guard that is armed, of whoever was killed since', async () => {
    await house.start(LOOP, { name: 'left' });
    const { guard, said } = guarding(RULE);
    await orphaned('left');
    await guard.begin();
    assert.match(said.join(), /left, held by a guard that was killed \(web waits\),: left has its limits back/);
    assert.deepEqual(heldFiles(), []);
  });
});

describe('the guard', () => {
  it('halves whoever is heaviest, and gives everything back when it is over', async () => {
    await house.start(LOOP, { name: 'web' });
    await house.start(LOOP, { name: 'noisy', limits: { nanoCpus: 15e8 } });
    const { said, seconds } = guarding(RULE);
    await seconds(6, 40, 1.2);
    assert.equal((await house.engine.limitsInForce('noisy')).cpuQuota, 60_000);
    assert.match(said.join(), /web's cpu pressure is 40 %, over 20 % for 5 s: halving .* noisy \(cpu 0.6\) \(line 1\)/);
    await seconds(60, 1, 0.6);
    assert.equal((await limitsOf('noisy')).nanoCpus, 15e8);
    assert.match(said.at(-1)!, /it is over: .*: noisy has its limits back/);
    assert.deepEqual(heldFiles(), []);
  });

  it('changes nothing in a dry run, and says what it would; armed it acts, disarmed it takes back', async () => {
    await house.start(LOOP, { name: 'web' });
    await house.start(LOOP, { name: 'noisy' });
    const { guard, said, seconds } = guarding(RULE, { dryRun: true });
    await seconds(6, 40, 1.2);
    assert.match(said.join(), /noisy \(cpu 0.6\): not done, this is a dry run/);
    assert.deepEqual([(await limitsOf('noisy')).nanoCpus, heldFiles()], [undefined, []]);
    await guard.arm(true);
    await seconds(6, 40, 1.2);
    assert.equal((await limitsOf('noisy')).nanoCpus, 6e8);
    await guard.arm(false);
    assert.deepEqual([(await limitsOf('noisy')).nanoCpus, heldFiles()], [0, []]);
  });

  it('takes everything back when it ends', async () => {
    await house.start(LOOP, { name: 'web' });
    await house.start(LOOP, { name: 'noisy' });
    const { guard, seconds } = guarding("while web's cpu pressure is over 20 %, pause noisy");
    await seconds(6, 40, 1.2);
    assert.equal((await house.engine.get('noisy')).state.status, 'paused');
    await guard.end();
    assert.deepEqual([(await house.engine.get('noisy')).state.status, heldFiles()], ['running', []]);
  });
});

describe('tscontain guard', () => {
  const house = new House();

  it('checks a file, and says where it is wrong', async () => {
    const path = join(house.root, 'rules.guard');
    writeFileSync(path, "while web's cpu is over 1, pause it\nwhile web's luck is over 1, pause it\n");
    const wrong = await house.run('guard', 'check', path);
    assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
    assert.match(wrong.stderr, /rules\.guard:2:13: “luck” cannot stand here/);
    assert.equal((await house.run('guard', 'run', path)).code, 1);
    writeFileSync(path, "protect web\nwhile any container's cpu is over 1, quiet down it\n");
    assert.match(await house.ok('guard', 'check', path), /^2: while any .*\nprotected: web\n1 rule, nothing wrong$/);
    assert.match((await house.run('guard', 'check', '/nowhere')).stderr, /\/nowhere cannot be read/);
  });

  it('acts on what is really so, is killed, and the next command takes back what it left', async () => {
    const path = join(house.root, 'rules.guard');
    writeFileSync(path, "while noisy's cpu is over 0.02 for 1 s, limit cpu of it to 0.3\n");
    await house.ok('run', '-d', '--name', 'noisy', '--cpus', '0.5', 'base', 'sh', '-c', BUSY);
    const dry = house.start('guard', 'run', '--dry-run', path);
    await heard(dry, /limiting the cpu of noisy \(cpu 0\.3\): not done, this is a dry run/);
    dry.kill('SIGINT');
    const nano = async () => (await house.inspect('noisy')).HostConfig['NanoCpus'];
    assert.equal(await nano(), 5e8);
    const killed = house.start('guard', 'run', path);
    await heard(killed, /noisy's cpu is .* cores, over 0\.02 cores for 1 s: limiting the cpu of noisy \(cpu 0\.3\)/);
    assert.equal(await nano(), 3e8);
    killed.kill('SIGKILL');
    await outcome(killed, 'the killed guard');
    assert.equal(await nano(), 5e8, 'whoever comes next takes it back before anything else');
    const events = await house.ok('events', '--since', '10m', '--until', new Date().toISOString());
    assert.match(events, /the guard that did it was killed/);
    await house.close();
  });
});

function heard(child: ReturnType<House['start']>, pattern: RegExp): Promise<void> {
  return new Promise((done, fail) => {
    let said = '';
    const timer = setTimeout(() => fail(new Error(`${pattern} was not heard in ${said}`)), patience(20_000));
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (!pattern.test(said)) return;
      clearTimeout(timer);
      done();
    };
    child.stdout!.on('data', listen);
    child.stderr!.on('data', listen);
  });
}
