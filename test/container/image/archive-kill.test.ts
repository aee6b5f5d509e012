// kill -9 in the middle of a load: nothing half made is ever seen, the store checks clean, and the next try finishes.
import assert from 'node:assert/strict';
import { createReadStream, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { chance, rounds } from '../../support/chance.js';
import { House, killedAfter } from '../../support/house.js';
import {
  archiveBytes,
  dockerArchive,
  documentsFirst,
  layerOf,
  makeImage,
  mixedArchive,
  sha256,
} from '../../support/saved-images.js';
import { directory, file } from '../../support/trees.js';

/** ms: longer than the load takes. */
const LONGEST = 900;
/** ms: at which none can be through, so that one is killed whatever the dice say. */
const EARLY = 100;

describe('a load that is killed', () => {
  it('at any moment', { timeout: 600_000 }, async (t) => {
    const dice = chance();
    const { seed } = dice;
    t.diagnostic(`TEST_SEED=${seed}`);
    const layers = await Promise.all(
      [1, 2, 3, 4].map((i) =>
        layerOf(
          [
            directory('d'),
            ...Array.from({ length: 40 }, (_, n) => file(`d/${i}-${n}`, `${i}${n}`.repeat(20_000))),
            file(`large-${i}`, `${i}`.repeat(4_000_000)),
          ],
          i % 2 === 0 ? 'gzip' : 'plain',
        ),
      ),
    );
    const image = await makeImage({ layers });
    const house = new House();
    t.after(() => house.close());
    const archives = [dockerArchive(image, ['killed:1']), documentsFirst(mixedArchive(image, ['killed:1']))];
    const paths = await Promise.all(
      archives.map(async (archive, i) => {
        const path = join(house.root, `archive-${i}`);
        writeFileSync(path, await archiveBytes(archive));
        return path;
      }),
    );
    const store = layout.images(house.root);
    let killed = 0;
    for (let round = 0; round < rounds(8, 100); round++) {
      const why = `TEST_SEED=${seed}, round ${round}`;
      const path = dice.pick(paths);
      const isPiped = dice.below(2) === 1;
      const child = isPiped ? house.start('load', '-q') : house.start('load', '-q', '-i', path);
      if (isPiped) createReadStream(path).pipe(child.stdin!.on('error', () => undefined));
      if (await killedAfter(child, round === 0 ? EARLY : dice.below(LONGEST))) killed += 1;

      const seen = await house.run('image', 'inspect', 'killed:1', '--format', '{{.Id}}');
      if (seen.code === 0) assert.equal(seen.stdout.trim(), `sha256:${sha256(image.configuration)}`, why);
      const check = await house.run('image', 'check');
      assert.equal(check.code, 0, `${why}: ${check.stdout}${check.stderr}`);

      const next = await house.run('load', '-q', '-i', dice.pick(paths));
      assert.equal(next.code, 0, `${why}: ${next.stderr}`);
      assert.equal(next.stdout, 'Loaded image: killed:1\n', why);
      const again = await house.run('image', 'check');
      assert.equal(again.code, 0, `${why}: ${again.stdout}${again.stderr}`);
      await house.ok('rmi', 'killed:1');
      await house.ok('image', 'prune', '--force');
      for (const folder of ['blobs/sha256', 'layers', 'leases'])
        assert.deepEqual(namesIn(join(store, folder)), [], `${why}: ${folder}`);
    }
    assert.ok(killed > 0, 'not one was killed in time: make the archive larger');
  });
});

const namesIn = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
