// Builds that fail: what is said, where, and that nothing half-made is kept. And one that is stopped.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { BuildError } from '../../../src/engine/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { buildIn, buildOf, contextIn, endedOf, type Files } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

async function failure(dockerfile: string, files: Files = {}): Promise<BuildError> {
  try {
    await buildOf(house, dockerfile, files);
  } catch (error) {
    assert.ok(error instanceof BuildError, String(error));
    assert.doesNotMatch(error.message, /\n|undefined|NaN|\[object/);
    assert.deepEqual(readdirSync(layout.containers(house.root)), [], 'nothing is left');
    return error;
  }
  assert.fail('it was built');
}

describe('a step that fails', () => {
  it('says its place, its code and its last words', async () => {
    const error = await failure('FROM base\n\nRUN seq 50; \\\n  echo wrong >&2; exit 3');
    assert.equal(error.code, 'BUILD_FAILED');
    assert.match(error.message, /^Dockerfile:3:1: "\/bin\/sh -c seq 50;.* ended with 3$/);
    assert.equal(error.exitCode, 3);
    assert.match(error.excerpt, /3 \| RUN seq 50/);
    assert.match(error.excerpt, /50\nwrong$/);
    assert.doesNotMatch(error.excerpt, /^20$/m);
  });

  it('by a signal, or because its program is not there', async () => {
    assert.equal((await failure("FROM base\nRUN sh -c 'kill -9 $$' || exit $?")).exitCode, 137);
    assert.match((await failure('FROM base\nRUN ["/no/such"]')).message, /^Dockerfile:2:1: .*\/no\/such/);
    assert.match((await failure('FROM base\nUSER nobody2\nRUN true')).message, /^Dockerfile:3:1: .*nobody2/);
  });

  it('is said with the file that is missing', async () => {
    assert.match(
      (await failure('FROM base\nCOPY none /')).message,
      /^Dockerfile:2:1: there is no "none" in the context$/,
    );
    assert.match(
      (await failure('FROM base AS a\nFROM base\nCOPY --from=a /none /')).message,
      /^Dockerfile:3:1: .*"\/none"/,
    );
    assert.match(
      (await failure('FROM base\nCOPY a b /c', { a: '', b: '' })).message,
      /^Dockerfile:2:10: .*"\/c"|several/,
    );
    assert.match((await failure('FROM base\nRUN touch /f\nCOPY d /f', { 'd/x': '' })).message, /^Dockerfile:3:1: /);
    assert.match((await failure('FROM base\nWORKDIR /etc/passwd')).message, /^Dockerfile:2:1: .*no directory/);
    assert.match(
      (await failure('FROM base\nCOPY --chown=nobody2 a /a', { a: '' })).message,
      /^Dockerfile:2:1: .*nobody2/,
    );
  });

  it('before it begins, where the image is not to be had', async () => {
    assert.match((await failure('FROM 127.0.0.1:1/none')).message, /^Dockerfile:1:6: /);
    assert.match((await failure('ARG X\nFROM $X')).message, /^Dockerfile:2:6: .*no image to begin with/);
    assert.match(
      (await failure('FROM base AS a\nCOPY --from=later / /\nFROM base AS later\nFROM a', {})).message,
      /^Dockerfile:2:6: .*further down/,
    );
  });

  it('stops the others, and the first one says why', async () => {
    const text =
      'FROM base AS slow\nRUN sleep 60\nFROM base AS bad\nRUN sleep 0.2; exit 4\nFROM base\nCOPY --from=slow /a /a\nCOPY --from=bad /b /b';
    const begun = Date.now();
    const error = await failure(text);
    assert.equal(error.exitCode, 4);
    assert.ok(Date.now() - begun < 30_000);
  });

  it('leaves what was whole in the cache', async () => {
    const at = contextIn(house.root, { Dockerfile: 'FROM base\nRUN echo one-that-is-kept\nRUN false' });
    await assert.rejects(buildIn(house.engine, at));
    const events: Parameters<typeof endedOf>[0][number][] = [];
    await assert.rejects(buildIn(house.engine, at, { onEvent: (event) => events.push(event) }));
    assert.deepEqual(endedOf(events), ['CACHED RUN echo one-that-is-kept', 'FAILED RUN false']);
  });
});

it('a build that is stopped ends at once and leaves nothing', async () => {
  const stopping = new AbortController();
  const at = contextIn(house.root, { Dockerfile: 'FROM base\nRUN echo begun; sleep 60' });
  const building = buildIn(house.engine, at, {
    signal: stopping.signal,
    onEvent: (event) => {
      if (event.kind === 'output') stopping.abort();
    },
  });
  await assert.rejects(building, (error) => error instanceof BuildError && /stopped/.test(error.message));
  assert.deepEqual(readdirSync(layout.containers(house.root)), []);
});
