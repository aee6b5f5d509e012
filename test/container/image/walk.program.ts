// Somebody who uses an image store without a plan, until he is killed or has done enough: beside others who do the same. Says "ready",
// then a line for everything that must not be; the same seed does the same things.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { isTscontainError } from '../../../src/engine/errors.js';
import { openContent } from '../../../src/engine/image/content/open.js';
import { digestOf } from '../../../src/engine/image/digest.js';
import { createImages } from '../../../src/engine/image/store.js';
import { layout } from '../../../src/engine/state/layout.js';
import { chance } from '../../support/chance.js';
import { makeImage } from '../../support/store-house.js';

const [root = '', seed = '1', count = '1000000'] = process.argv.slice(2);
const luck = chance(Number(seed));
const content = openContent(layout.images(root));
const images = createImages(root, { content });

const NAMES = ['web', 'web:2', 'db', 'team/api:1', 'registry.example:5000/x'];
const TREES = [{ base: 'base' }, { a: '1' }, { b: '22' }, { 'deep/er/c': 'c'.repeat(5000) }];
const bytesOf = (letter: string): Buffer => Buffer.from(letter.repeat(20_000));
const LETTERS = ['a', 'b', 'c'];

/** What two who are at it at once may be told. */
const ALLOWED = ['NO_SUCH_IMAGE', 'IMAGE_IN_USE', 'AMBIGUOUS_ID'];

async function make(): Promise<void> {
  const lease = await content.lease();
  try {
    const trees = [TREES[0]!, ...(luck.below(2) === 0 ? [luck.pick(TREES)] : [])];
    const name = luck.pick(NAMES);
    const made = await makeImage(content, luck.below(5) === 0 ? [] : [name], trees, {
      config: { user: luck.pick(LETTERS) },
    });
    // Whatever the others prune: what a lease holds is there.
    assert.ok(content.blobs.has(made.descriptor.digest), 'the manifest is there');
    assert.ok(content.blobs.has(`sha256:${made.id}`), 'the configuration is there');
    for (const { chainId, blob } of made.layers)
      assert.ok(content.blobs.has(blob) && content.layers.get(chainId), 'every layer is there');
  } finally {
    await lease.close();
  }
}

async function ingest(): Promise<void> {
  const bytes = bytesOf(luck.pick(LETTERS));
  const lease = await content.lease();
  try {
    const blob = await content.blobs.ingest({ digest: digestOf(bytes), size: bytes.length });
    for (let at = blob?.offset ?? bytes.length; at < bytes.length; at += 4000) {
      await blob!.write(bytes.subarray(at, at + 4000));
      if (luck.below(12) === 0) break;
    }
    if (blob?.offset === bytes.length) await blob.commit();
    await blob?.close();
    if (blob === undefined || blob.offset === bytes.length) await content.blobs.read(digestOf(bytes));
  } finally {
    await lease.close();
  }
}

const acts: readonly (() => Promise<unknown>)[] = [
  make,
  make,
  ingest,
  () => images.tag(luck.pick(NAMES), luck.pick(NAMES)),
  () => images.remove(luck.pick(NAMES)),
  async () => {
    const listed = await images.list();
    if (listed.length > 0) await images.remove(luck.pick(listed).id, { force: luck.below(2) === 0 });
  },
  () => images.prune({ all: luck.below(4) === 0 }),
  () => images.get(luck.pick(NAMES)),
  () => images.inspect(luck.pick(NAMES)),
  () => images.history(luck.pick(NAMES)),
];

async function walk(): Promise<void> {
  process.stdout.write('ready\n');
  for (let i = 0; i < Number(count); i += 1) {
    try {
      await luck.pick(acts)();
    } catch (error) {
      if (!isTscontainError(error) || !ALLOWED.includes(error.code))
        process.stdout.write(
          `step ${i} of seed ${seed}: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
        );
    }
    if (luck.below(10) === 0) await delay(1);
  }
  process.stdout.write('done\n');
}

void walk();
