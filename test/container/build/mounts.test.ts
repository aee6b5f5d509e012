// RUN --mount: what a step sees of caches, of other stages, of the context and of secrets, and that nothing of it stays.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createBridge, deleteLink, listLinks } from '../../../src/native/index.js';
import { buildIn, buildOf, contextIn } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';
import { refusal } from '../../support/refusal.js';
import { linesOf } from '../../support/trees.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

/** What the layers above `base` hold. */
async function added(id: string): Promise<string[]> {
  const { layers } = await house.engine.images.get(id);
  return layers.slice(1).flatMap(linesOf);
}

describe('a cache', () => {
  it('is there again in the next build, and not in the image', async () => {
    const text =
      'FROM base\nRUN --mount=type=cache,target=/var/cache/made date +%N >> /var/cache/made/log; wc -l < /var/cache/made/log';
    assert.equal((await buildOf(house, text)).output.trim(), '1');
    const second = await buildOf(house, text, {}, { noCache: true });
    assert.equal(second.output.trim(), '2');
    assert.deepEqual(await added(second.id), []);
  });

  it('goes by its id, with the owner and mode that it is given', async () => {
    const mount = '--mount=type=cache,id=named,uid=33,gid=1,mode=0750';
    await buildOf(house, `FROM base\nRUN ${mount},target=/a touch /a/x`);
    const { output } = await buildOf(house, `FROM base\nRUN ${mount},target=/b ls /b; stat -c '%a %u:%g' /b`);
    assert.equal(output, 'x\n750 33:1\n');
  });

  it('begins with what it is made from', async () => {
    const text = `FROM base AS seed
RUN mkdir /seed && echo s > /seed/f
FROM base
RUN --mount=type=cache,id=seeded,from=seed,source=/seed,target=/c cat /c/f; echo more >> /c/f`;
    assert.equal((await buildOf(house, text)).output, 's\n');
    assert.equal((await buildOf(house, text, {}, { noCache: true })).output, 's\nmore\n');
  });

  it('that is locked is used by one step at a time', async () => {
    const stage = (name: string) =>
      `FROM base AS ${name}\nRUN --mount=type=cache,id=locked,sharing=locked,target=/c ` +
      `[ ! -e /c/inside ] && touch /c/inside && sleep 0.3 && rm /c/inside && touch /${name}`;
    const text = `${stage('a')}\n${stage('b')}\nFROM base\nCOPY --from=a /a /a\nCOPY --from=b /b /b`;
    await buildOf(house, text);
  });

  it('that is private is one of each step’s own', async () => {
    const stage = (name: string, other: string) =>
      `FROM base AS ${name}\nRUN --mount=type=cache,id=private,sharing=private,target=/c --mount=type=cache,id=gate,target=/g ` +
      `touch /g/${name}; n=0; until [ -e /g/${other} ]; do n=$((n+1)); [ $n -lt 400 ] || exit 9; sleep 0.05; done; touch /c/${name}; ls /c > /${name}`;
    const text = `${stage('a', 'b')}\n${stage('b', 'a')}\nFROM base\nCOPY --from=a /a /a\nCOPY --from=b /b /b\nRUN cat /a /b`;
    assert.equal((await buildOf(house, text)).output, 'a\nb\n');
  });
});

describe('a bind mount', () => {
  it('of a stage is read-only, or what is written into it is gone', async () => {
    const text = `FROM base AS one
RUN mkdir -p /d/e && echo 1 > /d/e/f
FROM base
RUN --mount=from=one,source=/d,target=/m cat /m/e/f; touch /m/x 2>/dev/null || echo read-only
RUN --mount=from=one,source=/d,target=/m,rw echo 2 > /m/e/f; cat /m/e/f
RUN --mount=from=one,source=/d/e/f,target=/file cat /file; ls / | grep -c '^m$' || true`;
    const { output, id } = await buildOf(house, text);
    assert.equal(output, '1\nread-only\n2\n1\n0\n');
    assert.deepEqual(await added(id), []);
  });

  it('of the context shows what is not ignored, and changes nothing of it', async () => {
    const files = { a: '1', hidden: 's', '.dockerignore': 'hidden' };
    const at = contextIn(house.root, {
      ...files,
      Dockerfile: 'FROM base\nRUN --mount=target=/c,rw ls /c; echo 2 > /c/a; rm -rf /c/* || true',
    });
    const { output } = await buildIn(house.engine, at);
    assert.equal(output, 'Dockerfile\na\n');
    assert.equal(readFileSync(join(at, 'a'), 'utf8'), '1');
    assert.deepEqual(readdirSync(at).sort(), ['.dockerignore', 'Dockerfile', 'a', 'hidden']);
  });

  it('of files that have changed is done again', async () => {
    const at = contextIn(house.root, { f: '1', Dockerfile: 'FROM base\nRUN --mount=source=f,target=/f cat /f > /g' });
    await buildIn(house.engine, at);
    assert.equal((await buildIn(house.engine, at)).cached, 1);
    writeFileSync(join(at, 'f'), '2');
    assert.equal((await buildIn(house.engine, at)).cached, 0);
  });
});

it('a tmpfs is empty, and nothing of it stays', async () => {
  const text =
    'FROM base\nRUN --mount=type=tmpfs,target=/scratch,size=1m ls /scratch; echo x > /scratch/f; stat -f -c %T /scratch';
  const { output, id } = await buildOf(house, text);
  assert.equal(output, 'tmpfs\n');
  assert.deepEqual(await added(id), []);
});

describe('a secret', () => {
  const SECRET = 'correct-horse-battery-staple';

  it('is a file of its step alone: in no layer, history, environment, cache key or file of ours', async () => {
    const file = join(house.root, 'secret-file');
    writeFileSync(file, SECRET);
    const text = `FROM base
RUN --mount=type=secret,id=token,mode=0440,gid=33 stat -c '%a %u:%g %s' /run/secrets/token; wc -c < /run/secrets/token
RUN --mount=type=secret,id=token,env=TOKEN [ \${#TOKEN} = ${SECRET.length} ]
RUN --mount=type=secret,id=token,target=/etc/own wc -c < /etc/own
RUN ls /run/secrets /etc/own 2>/dev/null; echo "\${TOKEN-none}"`;
    const { output, id } = await buildOf(house, text, {}, { secrets: new Map([['token', { file }]]) });
    const { length } = SECRET;
    assert.equal(output, `440 0:33 ${length}\n${length}\n${length}\nnone\n`);
    assert.deepEqual(await added(id), []);
    const found = execFileSync('sh', ['-c', `grep -rlF ${SECRET} '${house.root}' || true`]).toString();
    assert.equal(found.trim(), file, 'it stands nowhere else');
    const other = await buildOf(house, text, {}, { secrets: new Map([['token', { value: 'x'.repeat(length) }]]) });
    assert.equal(other.cached, other.steps, 'another secret is no reason to do it again');
  });

  it('that was not given is not there, unless it is required', async () => {
    const { output } = await buildOf(
      house,
      'FROM base\nRUN --mount=type=secret,id=none ls /run/secrets 2>/dev/null || echo none',
    );
    assert.equal(output, 'none\n');
    await assert.rejects(
      buildOf(house, 'FROM base\nRUN --mount=type=secret,id=needed,required true'),
      refusal('INVALID_VALUE', /Dockerfile:2:1: .*"needed"/),
    );
  });
});

describe('what a launch makes to mount something over', () => {
  it('is not in the layer: neither of mounts nor of what an image lacks', async () => {
    const text =
      'FROM base\nRUN --mount=type=cache,target=/opt/deep/er/cache true\nRUN --mount=type=tmpfs,target=/etc/some/file touch /kept';
    const { id } = await buildOf(house, text);
    const lines = await added(id);
    assert.ok(lines.includes('f kept'));
    assert.ok(!lines.some((line) => /deep|some/.test(line)), lines.join('\n'));
  });

  it('stays where the step has put something', async () => {
    const text = 'FROM base\nRUN --mount=type=tmpfs,target=/opt/a/b touch /opt/a/own';
    const { id } = await buildOf(house, text);
    const lines = await added(id);
    assert.ok(lines.includes('f opt/a/own'));
    assert.ok(!lines.includes('d opt/a/b/'));
  });
});

it('a step has the network of the host unless it says none', async (t) => {
  // That of this test is a network namespace of its own, which has lo alone.
  createBridge({ name: 'br-host' });
  t.after(() => deleteLink('br-host'));
  const interfaces = 'ls /sys/class/net | wc -l';
  const { output } = await buildOf(house, `FROM base\nRUN --network=none ${interfaces}\nRUN ${interfaces}`);
  const [alone, host] = output.trim().split('\n').map(Number);
  assert.equal(alone, 1);
  assert.equal(host, listLinks().length);
  const off = await buildOf(house, `FROM base\nRUN true; ${interfaces}`, {}, { network: 'none' });
  assert.equal(off.output.trim(), '1');
});

it('the upper directory is the layer: what is deleted is deleted in the image', async () => {
  const { id } = await buildOf(
    house,
    'FROM base\nRUN mkdir /d && touch /d/a /d/b\nRUN rm /d/a && rm -r /srv\nRUN rm -r /d && mkdir /d && touch /d/c',
  );
  const { layers } = await house.engine.images.get(id);
  assert.ok(statSync(join(layers[2]!, 'd/a')).isCharacterDevice());
  const { output } = await buildOf(house, `FROM ${id}\nRUN ls /d; ls -d /srv 2>/dev/null || echo gone`);
  assert.equal(output, 'c\ngone\n');
});
