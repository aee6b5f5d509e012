// A disk that is full in the middle of a pull: one sentence, nothing that looks like an image, and with room again it goes on.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { openContent } from '../../../src/engine/image/content/open.js';
import { pull } from '../../../src/engine/registry/index.js';
import { layout } from '../../../src/engine/state/layout.js';
import { imageBytes } from '../../support/image-bytes.js';
import { MadeUpRegistry } from '../../support/made-up-registry.js';
import { smallDisk } from '../../support/mounted.js';
import { refusal } from '../../support/refusal.js';

describe('a pull onto a disk', () => {
  it('that becomes full says so, keeps no half image, and goes on when there is room', async (t) => {
    const disk = smallDisk(t, '128m');
    const registry = await MadeUpRegistry.open(t);
    const noise = () => randomBytes(300_000).toString('base64');
    const image = await imageBytes({ layers: [[{ path: 'a', content: noise() }], [{ path: 'b', content: noise() }]] });
    const name = registry.put('team/web', '1', image);
    const content = openContent(layout.images(disk.path));
    const options = { environment: { HOME: disk.path, DOCKER_CONFIG: disk.path, PATH: '' } };
    let requests = 0;
    registry.instead = (request) => {
      // By then the store has its first files.
      if (request.url?.includes('/blobs/') === true && (requests += 1) === 2) disk.fill();
      return false;
    };
    await assert.rejects(pull(content, name, { registry: options }), refusal('NO_SPACE', /no room|ENOSPC/));
    assert.deepEqual(content.references.list(), []);
    disk.empty();
    await pull(content, name, { registry: options });
    assert.equal(content.references.list().length, 1);
  });
});
