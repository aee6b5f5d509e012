// Builds that are killed with -9 at any moment: nobody sees half an image, nothing of a step is left running or lying about, the
// store is sound, and the next build goes on. TEST_SEED repeats it; SOAK=1 makes it long.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { contextIn } from '../../support/builds.js';
import { chance, rounds } from '../../support/chance.js';
import { House, killedAfter } from '../../support/house.js';
import { eventually } from '../../support/patience.js';

/** ms: longer than a build takes. */
const LONGEST = 1500;
/** ms: at which none can be through, so that one is killed whatever the dice say. */
const EARLY = 100;

const DOCKERFILE = `FROM base AS parts
RUN --mount=type=cache,target=/c echo first > /first; sleep 0.1
FROM base
COPY files /files
COPY --from=parts /first /first
RUN sleep 0.1; echo second > /second
RUN cat /first /second /files/9 > /all
`;

it('builds that are killed leave a store that the next one goes on with', { timeout: 900_000 }, async (t) => {
  const dice = chance();
  t.diagnostic(`TEST_SEED=${dice.seed}`);
  const house = new House();
  t.after(() => house.close());
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`files/${n}`, `${n}\n`.repeat(20_000)] as const),
  );
  const context = contextIn(house.root, { Dockerfile: DOCKERFILE, ...files });
  await house.ok('build', '-q', context);
  const layers = join(layout.images(house.root), 'layers');
  let killed = 0;
  for (let round = 0; round < rounds(6, 100); round++) {
    const why = `TEST_SEED=${dice.seed}, round ${round}`;
    const child = house.start('build', '--no-cache', '-t', 'killed:1', context);
    if (await killedAfter(child, round === 0 ? EARLY : dice.below(LONGEST))) killed += 1;

    const check = await house.run('image', 'check');
    assert.equal(check.code, 0, `${why}: ${check.stdout}${check.stderr}`);
    const seen = await house.run('run', '--rm', 'killed:1', 'tail', '-n', '1', '/all');
    if (seen.code === 0) assert.equal(seen.stdout, '9\n', why);
    else assert.match(seen.stderr, /NO_SUCH_IMAGE|no image/i, why);

    const next = await house.run('build', '-q', ...(dice.below(2) === 0 ? ['--no-cache'] : []), context);
    assert.equal(next.code, 0, `${why}: ${next.stderr}`);
    assert.match(next.stdout, /^sha256:[0-9a-f]{64}\n$/, why);
    await house.ok('ps');
    await eventually(() => assert.deepEqual(readdirSync(layout.containers(house.root)), [], why));
    await house.run('rmi', 'killed:1');
    await house.ok('image', 'prune', '-f');
    const made = readdirSync(layers).filter((name) => name.startsWith('.new'));
    assert.deepEqual(made, [], why);
    const again = await house.run('image', 'check');
    assert.equal(again.code, 0, `${why}: ${again.stdout}${again.stderr}`);
  }
  assert.ok(killed > 0, 'not one was killed in time: make the build longer');
});
