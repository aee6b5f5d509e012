// image check: a sound store is said to be, every kind of damage is found, what was left is told from what is under way, and only a
// repair changes anything.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ImageCheck } from '../../../src/engine/index.js';
import { createImages } from '../../../src/engine/image/store.js';
import { makeImage, storeHouse, type MadeImage, type StoreHouse } from '../../support/store-house.js';

interface Bench extends StoreHouse {
  readonly web: MadeImage;
  readonly blob: (digest: string) => string;
  readonly layer: (chainId: string) => string;
}

async function bench(t: TestContext): Promise<Bench> {
  const house = storeHouse(t);
  const web = await makeImage(house.content, ['web'], [{ base: 'base', 'dir/file': 'text' }, { top: 'top' }]);
  await makeImage(house.content, ['other'], [{ base: 'base', 'dir/file': 'text' }]);
  return {
    ...house,
    web,
    blob: (digest) => join(house.directory, 'blobs/sha256', digest.slice(7)),
    layer: (chainId) => join(house.directory, 'layers', chainId.slice(7)),
  };
}

const kinds = ({ findings }: ImageCheck) => findings.map(({ kind }) => kind);
/** Everything below, and of files how large they are and when they last changed; locks come and go. */
function pictureOf(top: string): string[] {
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.endsWith('lock'))
    .sort()
    .map((name) => {
      const stat = statSync(join(top, name));
      return stat.isDirectory() ? `${name}/` : `${name} ${stat.size} ${stat.mtimeMs}`;
    });
}

describe('a store', () => {
  it('that is sound is said to be, with what was looked at', async (t) => {
    const { images } = await bench(t);
    const check = await images.check();
    assert.deepEqual([check.isSound, check.findings, check.images, check.layers, check.blobs], [true, [], 2, 2, 6]);
    assert.ok(check.verifiedBytes > 1000);
  });

  it('that is not there is sound', async (t) => {
    assert.deepEqual((await storeHouse(t).images.check()).isSound, true);
  });

  it('is not changed by a check, whatever is wrong with it', async (t) => {
    const { images, web, blob, layer, directory } = await bench(t);
    truncateSync(blob(web.layers[0]!.blob), 100);
    rmSync(join(layer(web.layers[1]!.chainId), 'diff/top'));
    mkdirSync(join(directory, 'layers/.new-left'));
    const before = pictureOf(directory);
    assert.equal((await images.check()).isSound, false);
    assert.deepEqual(pictureOf(directory), before);
  });
});

/** What is done to the store, and what is said of it. */
const DAMAGES: readonly (readonly [what: string, harm: (bench: Bench) => void, words: RegExp])[] = [
  ['one bit of a layer', ({ blob, web }) => flip(blob(web.layers[0]!.blob), 700), /is damaged: it is sha256/],
  ['one bit of a configuration', ({ blob, web }) => flip(blob(web.id.padStart(71, 'sha256:')), 30), /is damaged/],
  ['one bit of a manifest', ({ blob, web }) => flip(blob(web.descriptor.digest), 30), /is damaged/],
  ['a layer cut short', ({ blob, web }) => truncateSync(blob(web.layers[0]!.blob), 100), /100 bytes instead of/],
  [
    'a layer that is missing',
    ({ blob, web }) => rmSync(blob(web.layers[1]!.blob)),
    /layer 2 of web:latest is missing: it runs/,
  ],
  ['a manifest that is missing', ({ blob, web }) => rmSync(blob(web.descriptor.digest)), /"web:latest" cannot be used/],
  [
    'a configuration that is missing',
    ({ blob, web }) => rmSync(blob(`sha256:${web.id}`)),
    /configuration of .* is missing/,
  ],
  [
    'a file gone from a tree',
    ({ layer, web }) => rmSync(join(layer(web.layers[1]!.chainId), 'diff/top')),
    /has 0 files .* had 1/,
  ],
  [
    'a file more in a tree',
    ({ layer, web }) => writeFileSync(join(layer(web.layers[1]!.chainId), 'diff/x'), ''),
    /has 2 files/,
  ],
  [
    'a file longer',
    ({ layer, web }) => appendFileSync(join(layer(web.layers[1]!.chainId), 'diff/top'), 'x'),
    /has 4 bytes/,
  ],
  ['a mode', ({ layer, web }) => chmodSync(join(layer(web.layers[0]!.chainId), 'diff/dir/file'), 0o777), /was changed/],
  ['a time', ({ layer, web }) => utimesSync(join(layer(web.layers[0]!.chainId), 'diff/dir/file'), 1, 1), /was changed/],
  [
    'a tree that is gone',
    ({ layer, web }) => rmSync(join(layer(web.layers[0]!.chainId), 'diff'), { recursive: true }),
    /lost its tree/,
  ],
  [
    'a description of a layer',
    ({ layer, web }) => truncateSync(join(layer(web.layers[0]!.chainId), 'layer.json'), 9),
    /no description/,
  ],
  ['the names', ({ directory }) => truncateSync(join(directory, 'index.json'), 9), /index\.json/],
];

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

describe('damage', () => {
  for (const [what, harm, words] of DAMAGES) {
    it(`is found, and repaired as far as can be: ${what}`, async (t) => {
      const house = await bench(t);
      harm(house);
      const images = createImages(house.root);
      const check = await images.check();
      assert.equal(check.isSound, false);
      assert.ok(
        check.findings.some((finding) => finding.kind === 'damage' && words.test(finding.what)),
        JSON.stringify(check.findings),
      );
      for (const finding of check.findings) assert.doesNotMatch(finding.what, /undefined|NaN|\[object/);
      await images.check({ repair: true });
      const repaired = await createImages(house.root).check();
      // What is lost is lost; it is only said of layers that their content is missing.
      for (const finding of repaired.findings)
        assert.match(finding.what, /is missing: it (runs|cannot be run)|is not unpacked/);
      // Getting the image again makes it whole.
      await makeImage(house.content, ['web'], [{ base: 'base', 'dir/file': 'text' }, { top: 'top' }]);
      await makeImage(house.content, ['other'], [{ base: 'base', 'dir/file': 'text' }]);
      await images.get('web');
      await images.prune();
      const last = await createImages(house.root).check();
      assert.deepEqual(last.findings, []);
    });
  }

  it('of content is found only where it is read', async (t) => {
    const { images, web, blob } = await bench(t);
    flip(blob(web.layers[0]!.blob), 700);
    assert.ok((await images.check({ quick: true })).isSound);
  });
});

describe('what is needed by nothing', () => {
  it('is a leftover and no damage, and goes with a repair', async (t) => {
    const { images, content, directory } = await bench(t);
    await content.blobs.put(Buffer.from('of nobody'));
    mkdirSync(join(directory, 'layers/.new-left/diff'), { recursive: true });
    mkdirSync(join(directory, 'layers/.trash-left/diff'), { recursive: true });
    writeFileSync(join(directory, 'ingest/.new-left'), 'half');
    writeFileSync(join(directory, 'ingest', '0'.repeat(64)), 'half');
    writeFileSync(join(directory, 'leases/left'), '');
    const check = await images.check();
    assert.ok(check.isSound);
    assert.deepEqual(kinds(check).sort(), ['leftover', 'leftover', 'leftover', 'leftover', 'leftover', 'note']);
    assert.equal(check.underWay, 0);
    await images.check({ repair: true });
    assert.deepEqual((await images.check()).findings, []);
  });

  it('is told from what is under way', async (t) => {
    const { images, content } = await bench(t);
    const lease = await content.lease();
    await content.blobs.put(Buffer.from('wanted soon'));
    const staged = await content.layers.stage();
    const blob = await content.blobs.create();
    const ingest = await content.blobs.ingest({ digest: `sha256:${'1'.repeat(64)}`, size: 10 });
    await ingest!.write(Buffer.from('half'));
    const check = await images.check({ repair: true });
    assert.deepEqual([check.findings, check.underWay], [[], 3]);
    await ingest!.close();
    await blob.close();
    await staged.close();
    await lease.close();
    assert.deepEqual(kinds(await images.check()), ['leftover', 'note']);
  });
});
