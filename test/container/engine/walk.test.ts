// A random walk of verbs over a few real containers beside a model of what must come of each: TEST_SEED repeats a walk.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isTscontainError, type ErrorCode, type Status } from '../../../src/engine/index.js';
import { EngineHouse, outputOf } from '../../support/engine-house.js';
import { gather } from '../../support/gather.js';
import { patience } from '../../support/patience.js';
import { chance, rounds, type Chance } from '../../support/chance.js';

/** What must be so: written down without looking at the engine. */
interface Model {
  status: Extract<Status, 'created' | 'running' | 'paused' | 'exited'>;
  exitCode: number | undefined;
  pidsLimit: number;
  /** how often it was started, as it counts itself */
  runs: number;
}

/** What must be so of all of them. */
interface World {
  readonly models: Map<string, Model>;
  /** removed and kept, the last one last */
  readonly kept: { name: string; model: Model }[];
}

/** A refusal that must come, or nothing. */
type Outcome = ErrorCode | undefined;

interface Step {
  readonly text: string;
  /** @returns what must come of it; the model is changed accordingly */
  readonly expect: (world: World) => Outcome;
  readonly act: () => Promise<unknown>;
}

// No hexadecimal digits alone, or one could be the beginning of another's id.
const NAMES = ['x1', 'y2', 'z3'];
const STEPS = Number(process.env['TEST_STEPS'] ?? rounds(120, 2000));
/** TERM is a way out, and each run leaves a mark. */
const SCRIPT = 'echo run >> /runs; trap "exit 7" TERM; echo ready; while :; do sleep 0.02; done';

let house: EngineHouse;
before(async () => {
  house = await EngineHouse.open();
});
after(() => house.close());

const isUp = (model: Model) => model.status === 'running' || model.status === 'paused';

/** A step that needs the container: without it the refusal is always the same. */
function needing(name: string, change: (model: Model, world: World) => Outcome): Step['expect'] {
  return (world) => {
    const model = world.models.get(name);
    return model === undefined ? 'NO_SUCH_CONTAINER' : change(model, world);
  };
}

function end(model: Model, exitCode: number): undefined {
  model.status = 'exited';
  model.exitCode = exitCode;
}

/** From now on its trap stands: a signal before would not be caught. */
async function started(name: string): Promise<void> {
  const { id } = await house.engine.get(name);
  for (const deadline = Date.now() + patience(10_000); ; await new Promise((resolve) => setTimeout(resolve, 5))) {
    const runs = await house.engine.exec(id, { argv: ['cat', '/runs'] }).then(outputOf);
    if ((await gather(house.engine.logs(id))).length >= runs.stdout.split('\n').length - 1) return;
    assert.ok(Date.now() < deadline, `${name} did not come up`);
  }
}

function randomStep(random: Chance): Step {
  const { engine } = house;
  const name = NAMES[random.below(NAMES.length)]!;
  const other = NAMES[random.below(NAMES.length)]!;
  const limit = 10 + random.below(90);
  const start = (model: Model): Outcome => {
    if (model.status === 'paused') return 'ILLEGAL_STATE';
    if (model.status !== 'running') model.runs += 1;
    model.status = 'running';
    return undefined;
  };
  const steps: Step[] = [
    {
      text: `create ${name}`,
      expect({ models }) {
        if (models.has(name)) return 'NAME_IN_USE';
        models.set(name, { status: 'created', exitCode: undefined, pidsLimit: 50, runs: 0 });
        return undefined;
      },
      act: () => engine.create({ image: 'base', name, cmd: ['sh', '-c', SCRIPT], limits: { pidsLimit: 50 } }),
    },
    { text: `start ${name}`, expect: needing(name, start), act: () => engine.start(name).then(() => started(name)) },
    {
      text: `restart ${name}`,
      expect: needing(name, (model) => {
        model.runs += 1;
        model.status = 'running';
        return undefined;
      }),
      act: () => engine.restart(name, { timeoutSeconds: 5 }).then(() => started(name)),
    },
    {
      text: `stop ${name}`,
      expect: needing(name, (model) => (isUp(model) ? end(model, 7) : undefined)),
      act: () => engine.stop(name),
    },
    {
      text: `kill ${name}`,
      expect: needing(name, (model) => (isUp(model) ? end(model, 137) : 'ILLEGAL_STATE')),
      act: () => engine.kill(name).then(() => engine.wait(name)),
    },
    {
      text: `pause ${name}`,
      expect: needing(name, (model) => {
        if (model.status !== 'running') return 'ILLEGAL_STATE';
        model.status = 'paused';
        return undefined;
      }),
      act: () => engine.pause(name),
    },
    {
      text: `unpause ${name}`,
      expect: needing(name, (model) => {
        if (model.status !== 'paused') return 'ILLEGAL_STATE';
        model.status = 'running';
        return undefined;
      }),
      act: () => engine.unpause(name),
    },
    {
      text: `rename ${name} to ${other}`,
      expect: needing(name, (model, { models }) => {
        if (other === name) return 'INVALID_VALUE';
        if (models.has(other)) return 'NAME_IN_USE';
        models.delete(name);
        models.set(other, model);
        return undefined;
      }),
      act: () => engine.rename(name, other),
    },
    {
      text: `update ${name} to ${limit} processes`,
      expect: needing(name, (model) => {
        model.pidsLimit = limit;
        return undefined;
      }),
      act: () => engine.update(name, { limits: { pidsLimit: limit } }),
    },
    {
      text: `exec in ${name}`,
      expect: needing(name, (model) => (model.status === 'running' ? undefined : 'ILLEGAL_STATE')),
      async act() {
        const { stdout, status } = await outputOf(
          await engine.exec(name, { argv: ['sh', '-c', 'wc -l < /runs; exit 3'] }),
        );
        assert.equal(status.exitCode, 3);
        return Number(stdout);
      },
    },
    {
      text: `top of ${name}`,
      expect: needing(name, (model) => (isUp(model) ? undefined : 'ILLEGAL_STATE')),
      act: async () => assert.ok((await engine.top(name)).some(({ containerPid }) => containerPid === 1)),
    },
    {
      text: `remove ${name}`,
      expect: needing(name, (model, { models }) => {
        if (isUp(model)) return 'ILLEGAL_STATE';
        models.delete(name);
        return undefined;
      }),
      act: () => engine.remove(name),
    },
    {
      text: `remove ${name} by force`,
      expect: needing(name, (_, { models }) => void models.delete(name)),
      act: () => engine.remove(name, { force: true }),
    },
    {
      text: `remove ${name} and keep it`,
      expect: needing(name, (model, { models, kept }) => {
        if (isUp(model)) return 'ILLEGAL_STATE';
        models.delete(name);
        kept.push({ name, model });
        return undefined;
      }),
      act: () => engine.remove(name, { keepSeconds: 600 }),
    },
    {
      text: `restore ${name}`,
      expect({ models, kept }) {
        const at = kept.findLastIndex((one) => one.name === name);
        if (at < 0) return 'NO_SUCH_CONTAINER';
        if (models.has(name)) return 'NAME_IN_USE';
        models.set(name, kept.splice(at, 1)[0]!.model);
        return undefined;
      },
      act: () => engine.restore(name),
    },
    {
      text: 'empty what is kept',
      expect({ kept }) {
        kept.length = 0;
        return undefined;
      },
      act: () => engine.emptyRemoved('all'),
    },
    {
      text: 'recover',
      expect: () => undefined,
      act: async () => assert.deepEqual(await engine.recover(), { actions: [], corrupt: [] }),
    },
    {
      text: 'prune',
      expect({ models }) {
        for (const [key, model] of models) if (!isUp(model)) models.delete(key);
        return undefined;
      },
      act: () => engine.prune(),
    },
  ];
  return steps[random.below(steps.length)]!;
}

async function assertSame({ models, kept }: World, when: string): Promise<void> {
  const containers = await house.engine.list();
  assert.deepEqual(containers.map(({ config }) => config.name).sort(), [...models.keys()].sort(), when);
  const removed = (await house.engine.removed()).map(({ config }) => config.name);
  assert.deepEqual(removed, kept.map(({ name }) => name).reverse(), when);
  for (const { config, state } of containers) {
    const model = models.get(config.name)!;
    const { status, exitCode } = state;
    // The code of an earlier end stays until the next one where it is kept; only of what has ended it must be right.
    assert.equal(status, model.status, `${config.name} after ${when}`);
    if (status === 'exited') assert.equal(exitCode, model.exitCode, `${config.name} after ${when}`);
    assert.equal(config.limits.pidsLimit, model.pidsLimit, `${config.name} after ${when}`);
  }
}

describe('a random walk', () => {
  it('does and refuses what the model says, step by step', { timeout: patience(300_000) }, async () => {
    const random = chance();
    const world: World = { models: new Map(), kept: [] };
    const done: string[] = [];
    for (let step = 0; step < STEPS; step++) {
      const { text, expect, act } = randomStep(random);
      done.push(text);
      const when = `${done.slice(-8).join(', ')} (step ${step + 1}, TEST_SEED=${random.seed} to replay)`;
      const expected = expect(world);
      const came = await act().then(
        () => undefined,
        (error: unknown) => {
          if (isTscontainError(error)) return error.code;
          throw new Error(`${when}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        },
      );
      assert.equal(came, expected, when);
      await assertSame(world, when);
    }
    for (const [name, { runs, status }] of world.models) {
      if (status !== 'running') continue;
      const { stdout } = await outputOf(await house.engine.exec(name, { argv: ['sh', '-c', 'wc -l < /runs'] }));
      assert.equal(Number(stdout), runs, `${name} ran once for each start (TEST_SEED=${random.seed} to replay)`);
    }
  });
});
