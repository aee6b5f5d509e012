// The cache of a build: what is done again, and what is not.
import assert from 'node:assert/strict';
import { chmodSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createImages } from '../../../src/engine/image/store.js';
import type { BuildWishes } from '../../../src/engine/index.js';
import { buildIn, contextIn, writeFiles, type Files } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

const DOCKERFILE = `FROM base AS made
ARG A=1
WORKDIR /w
COPY f d /w/
RUN cat /w/f > /out
FROM base
ENV E=1
RUN echo "$E" > /e
COPY --from=made /out /out
CMD ["cat", "/out"]
`;
const FILES: Files = { Dockerfile: DOCKERFILE, f: 'f\n', 'd/g': 'g\n' };
const WORKDIR = 'WORKDIR /w';
const COPY = 'COPY f d /w/';
const CAT = 'RUN cat /w/f > /out';
const ECHO = 'RUN echo "$E" > /e';
const FROM = 'COPY --from=made /out /out';
const ALL = [WORKDIR, COPY, CAT, ECHO, FROM];

interface Change {
  readonly what: string;
  readonly change: (directory: string) => void;
  readonly wishes?: Partial<BuildWishes>;
  /** the steps that are done again */
  readonly again: readonly string[];
}

const nothing = () => undefined;
const replace = (from: string, to: string) => (directory: string) =>
  writeFileSync(join(directory, 'Dockerfile'), DOCKERFILE.replace(from, to));
const write = (files: Files) => (directory: string) => void writeFiles(directory, files);

const CHANGES: readonly Change[] = [
  { what: 'nothing', change: nothing, again: [] },
  { what: 'the times of a file', change: (at) => utimesSync(join(at, 'f'), 1, 1), again: [] },
  { what: 'a file that is not copied', change: write({ other: 'x' }), again: [] },
  { what: 'a comment', change: replace('ARG A=1', '# new\nARG A=1'), again: [] },
  { what: 'what only the image says', change: replace('"cat", "/out"', '"cat", "/e"'), again: [] },
  { what: 'a file', change: write({ f: 'F\n' }), again: [COPY, CAT, FROM] },
  // The stage is made anew, and what is taken from it is the same.
  { what: 'a file that does not change what is made', change: write({ 'd/g': 'G\n' }), again: [COPY, CAT] },
  { what: 'the mode of a file', change: (at) => chmodSync(join(at, 'd/g'), 0o600), again: [COPY, CAT] },
  {
    what: 'the name of a file',
    change: (at) => {
      rmSync(join(at, 'd/g'));
      writeFiles(at, { 'd/h': 'g\n' });
    },
    again: [COPY, CAT],
  },
  { what: 'the environment', change: replace('E=1', 'E=2'), again: [ECHO, FROM] },
  { what: 'an argument', change: nothing, wishes: { args: new Map([['A', '2']]) }, again: [CAT] },
  { what: 'the working directory', change: replace('WORKDIR /w', 'WORKDIR /v'), again: ['WORKDIR /v', COPY, CAT] },
  { what: 'nothing, with --no-cache', change: nothing, wishes: { noCache: true }, again: ALL },
];

describe('when a build is done again and what has changed is', () => {
  for (const [index, { what, change, wishes, again }] of CHANGES.entries()) {
    it(`${what}, ${again.length} of ${ALL.length} steps are done`, async () => {
      // Each has steps of its own: none profits from what another has done.
      const own = { ...FILES, f: `f ${index}\n` };
      const at = contextIn(house.root, own);
      const mark = new Map([['E', String(index)]]);
      const first = await buildIn(house.engine, at, { labels: mark });
      change(at);
      const second = await buildIn(house.engine, at, { labels: mark, ...wishes });
      const done = second.ended.filter((text) => !text.startsWith('CACHED '));
      assert.deepEqual([...done].sort(), [...again].sort());
      assert.equal(second.steps, ALL.length);
      assert.equal(second.cached, ALL.length - again.length);
      if (what === 'nothing' || what === 'a comment') assert.equal(second.id, first.id, 'the image is the same');
    });
  }
});

it('another process finds the same', async () => {
  const at = contextIn(house.root, FILES);
  const first = await buildIn(house.engine, at);
  const second = await buildIn(await house.anotherEngine(), at);
  assert.equal(second.cached, second.steps);
  assert.equal(second.id, first.id);
});

it('a layer that has gone from the store is made again', async () => {
  const at = contextIn(house.root, {
    Dockerfile: 'FROM base AS a\nRUN echo gone > /gone\nFROM base\nCOPY --from=a /gone /gone',
  });
  const { id } = await buildIn(house.engine, at);
  await house.engine.images.remove(id);
  // By somebody who knows nothing of builds.
  await createImages(house.root).prune();
  const again = await buildIn(house.engine, at);
  assert.deepEqual(again.ended, ['RUN echo gone > /gone', 'COPY --from=a /gone /gone']);
});

it('a prune of images leaves what builds keep, and a prune of builds takes it', async () => {
  const at = contextIn(house.root, {
    Dockerfile: 'FROM base AS a\nRUN echo kept > /kept\nFROM base\nCOPY --from=a /kept /kept',
  });
  await buildIn(house.engine, at);
  await house.engine.images.prune();
  const again = await buildIn(house.engine, at);
  assert.equal(again.cached, again.steps);
  await house.engine.images.remove(again.id);
  await house.engine.pruneBuilds();
  const anew = await buildIn(house.engine, at);
  assert.equal(anew.cached, 0);
});

it('what is cleared away is done again, caches of mounts only when they are named', async () => {
  const at = contextIn(house.root, {
    Dockerfile: 'FROM base\nRUN --mount=type=cache,id=cleared,target=/c echo x >> /c/log; wc -l < /c/log',
  });
  assert.equal((await buildIn(house.engine, at)).output.trim(), '1');
  await house.engine.pruneBuilds();
  assert.equal((await buildIn(house.engine, at)).output.trim(), '2');
  await house.engine.pruneBuilds({ all: true });
  assert.equal((await buildIn(house.engine, at)).output.trim(), '1');
});

it('the same step of two stages is done once', async () => {
  const same = 'RUN date +%N > /t; echo same';
  const { output } = await buildIn(
    house.engine,
    contextIn(house.root, {
      Dockerfile: `FROM base AS a\n${same}\nFROM base AS b\n${same}\nFROM base\nCOPY --from=a /t /a\nCOPY --from=b /t /b\nRUN cmp /a /b`,
    }),
  );
  assert.equal(output, 'same\n');
});

it('stages that do not wait for one another are under way at the same time', async () => {
  const waitFor = (mine: string, other: string) =>
    `FROM base AS ${mine}\nRUN --mount=type=cache,id=meeting,target=/m touch /m/${mine}; n=0; ` +
    `until [ -e /m/${other} ]; do n=$((n+1)); [ $n -lt 400 ] || exit 9; sleep 0.05; done; touch /${mine}`;
  const text = `${waitFor('a', 'b')}\n${waitFor('b', 'a')}\nFROM base\nCOPY --from=a /a /a\nCOPY --from=b /b /b`;
  await buildIn(house.engine, contextIn(house.root, { Dockerfile: text }));
});
