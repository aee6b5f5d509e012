// Builds and a real registry: a stage begins with an image that is only there, and what was built goes there and comes back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildOf, said } from '../../support/builds.js';
import { noDockerRegistry, startDockerRegistry } from '../../support/docker-registry.js';
import { EngineHouse } from '../../support/engine-house.js';
import { refusal } from '../../support/refusal.js';

describe('with a registry', { skip: noDockerRegistry }, () => {
  let house: EngineHouse;
  before(async () => (house = await EngineHouse.open()));
  after(() => house.close());

  it('FROM and COPY --from fetch what is not here, and --pull what is', async (t) => {
    const { host } = await startDockerRegistry(t);
    const name = `${host}/team/parent:1`;
    const { engine } = house;
    await buildOf(house, 'FROM base\nRUN echo parent > /p\nENV FROM_PARENT=yes', {}, { tags: [name] });
    await engine.images.push(name);
    await engine.images.remove(name);
    await engine.pruneBuilds();
    const child = `FROM ${name}\nCOPY --from=${name} /p /copied\nRUN cat /p /copied; echo $FROM_PARENT`;
    const built = await buildOf(house, child, {}, { tags: [`${host}/team/child:1`] });
    assert.equal(built.output, 'parent\nparent\nyes\n');
    assert.ok(
      built.events.some(({ kind }) => kind === 'transfer'),
      'it says what it fetches',
    );

    // What has the name there now is another image.
    await buildOf(house, 'FROM base\nRUN echo newer > /p\nENV FROM_PARENT=again', {}, { tags: [name] });
    await engine.images.push(name);
    await buildOf(house, 'FROM base\nRUN echo mine > /p', {}, { tags: [name] });
    assert.equal((await buildOf(house, child)).output.split('\n')[0], 'mine');
    assert.equal((await buildOf(house, child, {}, { pull: true })).output, 'newer\nnewer\nagain\n');
  });

  it('what was built is pushed, pulled and run', async (t) => {
    const { host } = await startDockerRegistry(t);
    const name = `${host}/team/built:1`;
    await buildOf(
      house,
      'FROM base\nRUN mkdir /d && touch /d/a /d/b\nRUN rm /d/a\nCMD ["ls", "/d"]',
      {},
      { tags: [name] },
    );
    await house.engine.images.push(name);
    await house.engine.images.remove(name);
    await house.engine.images.pull(name);
    assert.equal(await said(house, name), 'b');
  });

  it('what was pushed is one image under its name, and is built again from the cache', async (t) => {
    const { host } = await startDockerRegistry(t);
    const name = `${host}/team/again:1`;
    const dockerfile = 'FROM base\nRUN echo once > /once';
    const { engine } = house;
    const ofThat = async () =>
      (await engine.images.list()).filter(({ id }) => `sha256:${id}` === built.id).map((each) => each.name);
    const built = await buildOf(house, dockerfile, {}, { tags: [name] });
    const pushed = await engine.images.push(name);
    assert.deepEqual(await ofThat(), [name]);
    const again = await buildOf(house, dockerfile, {}, { tags: [name] });
    assert.deepEqual([again.id, again.cached], [built.id, 1]);
    assert.deepEqual(await ofThat(), [name]);
    assert.equal((await engine.images.push(name)).digest, pushed.digest, 'nothing is compressed once more');
    await engine.images.remove(name);
    assert.deepEqual(await ofThat(), []);
    const later = await buildOf(house, dockerfile, {}, { tags: [name] });
    assert.deepEqual([later.id, later.cached], [built.id, 1], 'what builds keep stays');
    assert.deepEqual((await engine.images.check()).findings, []);
  });

  it('an image that is nowhere is said with the place of its FROM', async (t) => {
    const { host } = await startDockerRegistry(t);
    await assert.rejects(
      buildOf(house, `FROM base\nFROM ${host}/none:1`),
      refusal('NO_SUCH_IMAGE', /^Dockerfile:2:6: /),
    );
  });
});
