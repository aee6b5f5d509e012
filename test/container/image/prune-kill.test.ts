// kill -9 in the middle of a prune: what is left of the images is whole, the store checks clean, and the next prune finishes.
// TEST_SEED repeats it; SOAK=1 makes it long.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { chance, rounds } from '../../support/chance.js';
import { House, killedAfter } from '../../support/house.js';
import { archiveBytes, dockerArchive, layerOf, makeImage } from '../../support/saved-images.js';
import { directory, file } from '../../support/trees.js';

/** ms: longer than a prune takes. */
const LONGEST = 500;
/** ms: at which none can be through, so that one is killed whatever the dice say. */
const EARLY = 100;
const IMAGES = 4;

async function archiveOf(number: number, path: string): Promise<void> {
  const layers = await Promise.all(
    // The lowest is in all of them.
    [0, number, number + 100].map((i) =>
      layerOf(
        [directory('d'), ...Array.from({ length: 300 }, (_, n) => file(`d/${i}-${n}`, `${i} ${n} `.repeat(200)))],
        'plain',
      ),
    ),
  );
  writeFileSync(path, await archiveBytes(dockerArchive(await makeImage({ layers }), [`pruned:${number}`])));
}

it('prunes that are killed leave whole images and a sound store', { timeout: 900_000 }, async (t) => {
  const dice = chance();
  t.diagnostic(`TEST_SEED=${dice.seed}`);
  const house = new House();
  t.after(() => house.close());
  const archives = Array.from({ length: IMAGES }, (_, i) => join(house.root, `archive-${i + 1}`));
  await Promise.all(archives.map((path, i) => archiveOf(i + 1, path)));
  const store = layout.images(house.root);
  let killed = 0;
  for (let round = 0; round < rounds(8, 100); round++) {
    const why = `TEST_SEED=${dice.seed}, round ${round}`;
    for (const path of archives) await house.ok('load', '-q', '-i', path);
    const child = house.start('image', 'prune', '--all', '--force');
    if (await killedAfter(child, round === 0 ? EARLY : dice.below(LONGEST))) killed += 1;

    const check = await house.run('image', 'check');
    assert.equal(check.code, 0, `${why}: ${check.stdout}${check.stderr}`);
    const left = (await house.ok('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
    for (const name of left.filter((line) => line !== ''))
      assert.equal((await house.run('save', '-o', '/dev/null', name)).code, 0, `${why}: ${name}`);

    await house.ok('image', 'prune', '--all', '--force');
    const again = await house.run('image', 'check');
    assert.equal(again.code, 0, `${why}: ${again.stdout}${again.stderr}`);
    for (const folder of ['blobs/sha256', 'layers', 'leases'])
      assert.deepEqual(namesIn(join(store, folder)), [], `${why}: ${folder}`);
  }
  assert.ok(killed > 0, 'not one was killed in time: make the images larger');
});

const namesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
