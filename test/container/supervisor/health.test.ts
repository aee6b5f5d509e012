// Health checks with real probes in real containers: what they find out, and what becomes of probes that are stuck, that
// write without end, that leave others behind, and that were under way when somebody paused, stopped or killed.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, Health, Healthcheck } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse } from '../../support/engine-house.js';
import { eventually, patience } from '../../support/patience.js';

let house: EngineHouse;
before(async () => void (house = await EngineHouse.open()));
after(() => house.close());

const SECOND = 1e9;

/** Every fifth of a second, and whatever else is asked for. */
function check(script: string, rest: Partial<Healthcheck> = {}): { readonly healthcheck: Healthcheck } {
  const test = ['CMD-SHELL', script];
  const times = { intervalNs: SECOND / 5, timeoutNs: 0, startPeriodNs: 0, startIntervalNs: 0, retries: 0 };
  return { healthcheck: { test, ...times, ...rest } };
}

const FOREVER = 'while :; do sleep 1; done';

async function healthOf(id: string): Promise<Health> {
  const { health } = (await house.engine.get(id)).state;
  assert.ok(health, 'it has a health');
  return health;
}

async function becomes(id: string, status: Health['status']): Promise<Health> {
  await eventually(async () => assert.equal((await healthOf(id)).status, status), 20_000);
  return healthOf(id);
}

async function told(id: string): Promise<string[]> {
  const actions: string[] = [];
  for await (const event of house.engine.events({ since: 0, until: Date.now() }))
    if (event.id === id && event.action.startsWith('health_status')) actions.push(event.action);
  return actions;
}

/** A file of the container, as its own processes see it. */
function fileOf({ id }: Pick<Container, 'id'>, name: string): string {
  return readFileSync(join(layout.upper(house.root, id), name), 'utf8');
}

const linesOf = (container: Pick<Container, 'id'>, name: string): number =>
  fileOf(container, name).split('\n').length - 1;

async function commandsIn(id: string): Promise<string[]> {
  return (await house.engine.top(id)).map(({ command }) => command);
}

const removed = (id: string): Promise<void> => house.engine.remove(id, { force: true });

describe('a health check', () => {
  it('says starting, then healthy, and tells it once', async () => {
    const { id, state } = await house.start(
      FOREVER,
      check('[ -e /well ]', { startPeriodNs: 60 * SECOND, startIntervalNs: SECOND / 5 }),
    );
    assert.deepEqual(state.health, { status: 'starting', failingStreak: 0, log: [] });
    await eventually(async () => assert.ok((await healthOf(id)).log.length > 0));
    assert.deepEqual([(await healthOf(id)).status, (await healthOf(id)).failingStreak], ['starting', 0]);
    await house.engine.exec(id, { argv: ['touch', '/well'], detach: true });
    const { log } = await becomes(id, 'healthy');
    assert.equal(log.at(-1)!.exitCode, 0);
    assert.ok(Date.parse(log.at(-1)!.end) >= Date.parse(log.at(-1)!.start));
    await sleep(500);
    assert.deepEqual(await told(id), ['health_status: healthy']);
    await removed(id);
  });

  it('says unhealthy after so many failures in a row, and healthy again after one success', async () => {
    const container = await house.start(
      FOREVER,
      check('echo "$(cat /proc/uptime) not well" >&2; echo x >> /tmp/probes; [ -e /tmp/well ]', { retries: 2 }),
    );
    const { id } = container;
    const health = await becomes(id, 'unhealthy');
    assert.equal(health.failingStreak, 2);
    assert.deepEqual(
      health.log.map(({ exitCode }) => exitCode),
      [1, 1],
    );
    assert.match(health.log[0]!.output, /^[\d.]+ [\d.]+ not well\n$/);
    await house.engine.exec(id, { argv: ['touch', '/tmp/well'], detach: true });
    assert.equal((await becomes(id, 'healthy')).failingStreak, 0);
    assert.deepEqual(await told(id), ['health_status: unhealthy', 'health_status: healthy']);
    await removed(id);
  });

  it('is run with the environment, the user and the directory of the container', async () => {
    const { id } = await house.start(FOREVER, {
      ...check('echo "$WHO $(id -u) $(pwd) $(hostname)"; test -t 1 || echo no terminal; read line || echo no input'),
      env: ['WHO=ada'],
      user: '33:33',
      workingDir: '/usr',
      hostname: 'box',
    });
    const { log } = await becomes(id, 'healthy');
    assert.equal(log.at(-1)!.output, 'ada 33 /usr box\nno terminal\nno input\n');
    await removed(id);
  });

  it('that cannot be run has failed, and says why', async () => {
    const { id } = await house.start(FOREVER, check('', { test: ['CMD', '/no/such/probe'], retries: 1 }));
    const { log } = await becomes(id, 'unhealthy');
    assert.equal(log.at(-1)!.exitCode, -1);
    assert.match(log.at(-1)!.output, /\/no\/such\/probe/);
    await removed(id);
  });

  it('is the image’s, run by the image’s shell, unless it is asked not to', async () => {
    const base = await house.engine.images.get('base');
    await house.engine.images.import(base.layers[0]!, 'checked', {
      config: { ...base.config, shell: ['/bin/sh', '-ec'], healthcheck: check('echo "by $-"').healthcheck },
    });
    const { id } = await house.engine.create({ image: 'checked', cmd: ['sh', '-c', FOREVER] });
    await house.engine.start(id);
    const { log } = await becomes(id, 'healthy');
    assert.match(log.at(-1)!.output, /^by \w*e\w*\n$/, 'with -e');
    const other = await house.engine.create({
      image: 'checked',
      cmd: ['sh', '-c', FOREVER],
      healthcheck: { ...check('').healthcheck, test: ['NONE'] },
    });
    assert.equal((await house.engine.start(other.id)).state.health, undefined);
    for (const one of [id, other.id]) await removed(one);
  });
});

describe('a probe', () => {
  it('that is late is killed with everything that it has started, wherever that has gone', async () => {
    // A child, a child of a session of its own, and one whose parent is gone.
    const script =
      '[ ! -e /stop ] || exit 0; sleep 4711 & setsid sleep 4711 & (setsid sh -c "sleep 4711; :" &) ; echo begun; wait';
    const { id } = await house.start(FOREVER, check(script, { timeoutNs: SECOND, retries: 1 }));
    await eventually(async () => assert.ok((await commandsIn(id)).filter((line) => line === 'sleep 4711').length >= 3));
    const { log } = await becomes(id, 'unhealthy');
    assert.equal(log[0]!.exitCode, -1);
    assert.equal(log[0]!.output, 'killed after its timeout of 1 s: begun\n');
    await house.engine.exec(id, { argv: ['touch', '/stop'], detach: true });
    await becomes(id, 'healthy');
    await eventually(async () =>
      assert.deepEqual(
        (await commandsIn(id)).filter((line) => line.includes('4711')),
        [],
      ),
    );
    await removed(id);
  });

  it('that ends in time leaves in peace what it has left behind', async () => {
    const { id } = await house.start(FOREVER, check('[ -e /d ] || { touch /d; setsid sleep 4712 >/dev/null 2>&1 & }'));
    const { log } = await becomes(id, 'healthy');
    await eventually(async () => assert.ok((await commandsIn(id)).includes('sleep 4712')));
    // More probes have come and gone since.
    await sleep(Math.max(0, Date.parse(log.at(-1)!.end) + 1000 - Date.now()));
    assert.ok((await commandsIn(id)).includes('sleep 4712'));
    await removed(id);
  });

  it('may write as much as it likes: the beginning is kept', async () => {
    const { id } = await house.start(
      FOREVER,
      check('head -c 10000000 /dev/zero | tr "\\0" x', { timeoutNs: 20 * SECOND }),
    );
    const { log } = await becomes(id, 'healthy');
    assert.equal(log.at(-1)!.output, `${'x'.repeat(4096)}...`);
    await removed(id);
  });

  it('that writes without end does not keep its supervisor from its work', async () => {
    const { id } = await house.start(FOREVER, check('yes', { timeoutNs: 2 * SECOND, retries: 1 }));
    const other = await house.start(FOREVER);
    await eventually(async () => assert.ok((await commandsIn(id)).includes('yes')));
    const { pid } = await house.supervisorOf(id);
    const before = cpuTicks(pid);
    await sleep(1000);
    const ticks = cpuTicks(pid) - before;
    assert.ok(ticks < patience(50), `the supervisor needed ${ticks} of 100 hundredths of a second`);
    const { log } = await becomes(id, 'unhealthy');
    assert.match(log.at(-1)!.output, /^killed after its timeout of 2 s: (y\n){2048}\.\.\.$/);
    for (const one of [id, other.id]) await removed(one);
  });

  it('that a pause finds under way is called off, and none begins before it goes on', async () => {
    const container = await house.start(FOREVER, check('echo x >> /probes; sleep 0.1', { retries: 1 }));
    const { id } = container;
    await becomes(id, 'healthy');
    await house.engine.pause(id);
    assert.equal((await healthOf(id)).status, 'unhealthy', 'as Docker has it');
    const before = linesOf(container, 'probes');
    await sleep(1000);
    assert.equal(linesOf(container, 'probes'), before);
    await house.engine.unpause(id);
    await becomes(id, 'healthy');
    assert.ok(linesOf(container, 'probes') > before);
    // The pause itself was no news of its health.
    assert.deepEqual(await told(id), ['health_status: healthy', 'health_status: healthy']);
    await removed(id);
  });

  it('is not held against a container that is being stopped', async () => {
    const script = 'trap "touch /ending; sleep 1; exit 0" TERM; while :; do sleep 0.05; done';
    const { id } = await house.start(script, check('[ ! -e /ending ]', { retries: 1, intervalNs: SECOND / 10 }));
    await becomes(id, 'healthy');
    await house.engine.stop(id);
    assert.deepEqual(await told(id), ['health_status: healthy']);
    assert.equal((await healthOf(id)).status, 'unhealthy', 'of what has ended nobody knows that it is well');
    await removed(id);
  });
});

describe('the health of a container', () => {
  it('begins anew with each start', async () => {
    const { id } = await house.start(FOREVER, check('false', { retries: 1 }));
    await becomes(id, 'unhealthy');
    const { state } = await house.engine.restart(id, { timeoutSeconds: 0 });
    assert.deepEqual([state.health?.status, state.health?.failingStreak], ['starting', 0]);
    assert.ok((state.health?.log.length ?? 0) > 0, 'what was found in the run before can still be read');
    await becomes(id, 'unhealthy');
    await removed(id);
  });

  it('is looked after on, by whoever adopts it, and a probe does not outlive its supervisor', async () => {
    const script = 'echo x >> /probes; [ ! -e /slow ] || exec sleep 4713';
    const container = await house.start(FOREVER, check(script, { timeoutNs: 60 * SECOND }));
    const { id } = container;
    const healthy = await becomes(id, 'healthy');
    await house.engine.exec(id, { argv: ['touch', '/slow'], detach: true });
    await eventually(async () => assert.ok((await commandsIn(id)).includes('sleep 4713')));
    await house.killSupervisorOf(id);
    await eventually(async () => assert.ok(!(await commandsIn(id)).includes('sleep 4713')));
    await house.engine.exec(id, { argv: ['rm', '/slow'], detach: true });
    await house.engine.recover();
    assert.equal((await healthOf(id)).status, 'healthy', 'nothing is known that would speak against it');
    assert.deepEqual((await healthOf(id)).log, healthy.log);
    const before = linesOf(container, 'probes');
    await eventually(() => assert.ok(linesOf(container, 'probes') > before + 2));
    await house.engine.exec(id, { argv: ['touch', '/slow'], detach: true });
    await removed(id);
  });

  it('that stays the same is written now and then only, and nobody is woken for it', async () => {
    const container = await house.start(FOREVER, check('echo x >> /probes', { intervalNs: SECOND / 10 }));
    const { id } = container;
    await becomes(id, 'healthy');
    const [file, bell] = [layout.state(house.root, id), layout.changes(house.root)];
    const written = statSync(file).mtimeMs;
    const rung = statSync(bell).mtimeMs;
    const probes = linesOf(container, 'probes');
    await eventually(() => assert.ok(linesOf(container, 'probes') >= probes + 10));
    assert.deepEqual([statSync(file).mtimeMs, statSync(bell).mtimeMs], [written, rung]);
    await removed(id);
  });
});

/** utime and stime, hundredths of a second. */
function cpuTicks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
