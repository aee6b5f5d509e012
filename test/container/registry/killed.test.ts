// Pulls that are killed with -9 at any moment: nobody sees half an image, the store is sound, and the next pull finishes it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { chance, rounds } from '../../support/chance.js';
import { House, outcome } from '../../support/house.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';

const ROUNDS = rounds(6, 100);
/** ms that a whole pull takes, process and all, when nobody else is at work; it is killed before that, or after it. */
const LENGTH_MS = 900;

let house: House;

before(() => {
  house = new House();
});
after(() => house.close());

describe('a pull that is killed', () => {
  it(`at any moment, ${ROUNDS} times`, async (t) => {
    const random = chance();
    const registry = await MadeUpRegistry.open(t);
    const layers = [0, 1, 2, 3, 4].map((i) => [{ path: `noise${i}`, content: randomBytes(90_000).toString('base64') }]);
    const image = await imageBytes({ layers });
    const name = registry.put('team/web', '1', image);
    // Slowly, so that most of the time something is half here.
    registry.instead = async (request, response) => {
      const digest = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(request.url ?? '')?.[1];
      const bytes = digest === undefined ? undefined : registry.blobs.get(digest);
      if (bytes === undefined) return false;
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from === 0 ? 200 : 206, {
        'content-length': bytes.length - from,
        ...(from === 0 ? {} : { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      });
      for (let at = from; at < bytes.length && !response.destroyed; at += 8192) {
        response.write(bytes.subarray(at, at + 8192));
        await delay(4);
      }
      response.end();
      return true;
    };
    let unfinished = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = house.start('pull', '-q', name);
      const end = outcome(child, 'pull');
      await delay(random.below(LENGTH_MS));
      child.kill('SIGKILL');
      await end;
      const said = `round ${round}, seed ${random.seed}`;
      const seen = await house.run('image', 'inspect', name);
      if (seen.code !== 0) unfinished += 1;
      const checked = await house.run('image', 'check');
      assert.equal(checked.code, 0, `${said}: ${checked.stdout}${checked.stderr}`);
      const { code, stderr } = await house.run('pull', '-q', name);
      assert.equal(code, 0, `${said}: ${stderr}`);
      assert.equal((await house.run('image', 'check')).code, 0, said);
      await house.ok('image', 'rm', name);
      await house.ok('image', 'prune', '-f');
    }
    assert.ok(unfinished > 0, 'some were killed before they were over');
  });
});
