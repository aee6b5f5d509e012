// Dockerfiles, stages and contexts that are made to reach the host: each class named after the advisory that it was told of in. The
// canary is a file of the host beside the state directory: never read, never written, never deleted.
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { isTscontainError } from '../../../src/engine/index.js';
import { buildIn, buildOf, contextIn } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

const SECRET = 'only-the-host-knows';

/** A directory of the host with a file in it, which must be as it was when the test is over. */
function canary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-canary-'));
  writeFileSync(join(directory, 'file'), SECRET);
  mkdirSync(join(directory, 'empty'));
  t.after(() => {
    const left = readdirSync(directory).sort();
    const content = readFileSync(join(directory, 'file'), 'utf8');
    rmSync(directory, { recursive: true });
    assert.deepEqual(left, ['empty', 'file']);
    assert.equal(content, SECRET);
  });
  return directory;
}

/** It is refused, or it is harmless: the image has nothing of the host. */
async function harmless(dockerfile: string, files: Record<string, string> = {}): Promise<string> {
  try {
    const { output } = await buildOf(house, dockerfile, files);
    assert.doesNotMatch(output, new RegExp(SECRET));
    return output;
  } catch (error) {
    assert.ok(isTscontainError(error), String(error));
    assert.doesNotMatch(error.message, new RegExp(SECRET));
    return '';
  }
}

describe('CVE-2024-23651: the source of a mount is led out of its root by a link', () => {
  it('in a cache', async (t) => {
    const host = canary(t);
    await harmless(`FROM base
RUN --mount=type=cache,id=led,target=/c rm -rf /c/x && ln -s ${host} /c/x
RUN --mount=type=cache,id=led,source=x,target=/c cat /c/file /c/x/file; rm -rf /c/* ; true`);
  });

  it('in a stage', async (t) => {
    const host = canary(t);
    await harmless(`FROM base AS a
RUN ln -s ${host} /led && ln -s / /root-of-all && mkdir /d && ln -s ../../../../..${host} /d/up
FROM base
RUN --mount=from=a,source=/led,target=/m cat /m/file; true
RUN --mount=from=a,source=/root-of-all${host},target=/m cat /m/file; true
RUN --mount=from=a,source=/d/up,target=/m,rw cat /m/file; rm -rf /m/*; true`);
  });

  it('in the context', async (t) => {
    const host = canary(t);
    await harmless('FROM base\nRUN --mount=source=led,target=/m,rw cat /m/file; rm -rf /m/*; true', {
      led: `-> ${host}`,
    });
    await harmless('FROM base\nRUN --mount=source=led/file,target=/m,rw cat /m; echo x > /m; true', {
      led: `-> ${host}`,
    });
  });

  it('while it is exchanged by a step of another stage', async (t) => {
    const host = canary(t);
    const swap = `FROM base AS swap
RUN --mount=type=cache,id=race,target=/c for i in $(seq 300); do rm -rf /c/d; ln -s ${host} /c/d; rm -f /c/d; mkdir /c/d; done`;
    const use = `FROM base AS use
RUN --mount=type=cache,id=race,source=d,target=/m for i in $(seq 300); do cat /m/file 2>/dev/null; rm -rf /m/file; done; true`;
    await harmless(`${swap}\n${use}\nFROM base\nCOPY --from=swap /etc/hostname /a\nCOPY --from=use /etc/hostname /b`);
  });
});

describe('CVE-2024-23652: what is cleared away after a step is deleted through a link', () => {
  it('when the place of a mount has become one', async (t) => {
    const host = canary(t);
    for (const name of ['empty', 'file']) {
      await harmless(`FROM base
RUN --mount=type=cache,target=/stub/${name} true
RUN --mount=type=tmpfs,target=/a/b/${name} mv /a /z 2>/dev/null; ln -s ${host} /a; ln -sfn ${host} /stub; true
RUN --mount=type=tmpfs,target=/later/${name} true`);
      await harmless(`FROM base
RUN rm -rf /led && ln -s ${host} /led
RUN --mount=type=tmpfs,target=/led/new/${name} true
RUN --mount=type=tmpfs,target=/led/${name} true`);
    }
    assert.equal(existsSync(join(host, 'new')), false);
  });

  it('when the target of COPY, of ADD or of WORKDIR is one', async (t) => {
    const host = canary(t);
    await harmless(
      `FROM base
RUN ln -s ${host} /led && ln -s ${host}/file /one && ln -s /led /again && mkdir /d && ln -s ../../../..${host} /d/up
COPY f /led/new
COPY f /one
COPY dir/ /again/
COPY f /d/up/new
WORKDIR /led/work
RUN cat /led/* /one`,
      { f: 'mine', 'dir/file': 'mine', 'dir/more': 'mine' },
    );
  });
});

describe('CVE-2024-23653: a step gets more rights than the build was given', () => {
  it('there is no way to ask', async () => {
    for (const text of ['RUN --security=insecure true', 'RUN --device=all true', '# syntax=evil/frontend\nRUN true']) {
      const asked = text.startsWith('#')
        ? `# syntax=evil/frontend\nFROM base\nRUN grep CapEff /proc/self/status`
        : `FROM base\n${text}`;
      const output = await harmless(asked);
      if (output !== '') assert.doesNotMatch(output, /ffffffffff/);
    }
  });

  it('a step has what an ordinary container has', async () => {
    const { output } = await buildOf(
      house,
      'FROM base\nRUN --network=none grep CapEff /proc/self/status; [ -w /proc/sys/kernel/core_pattern ] && echo writable; mknod /dev/sda b 8 0 && head -c 1 /dev/sda; true',
    );
    assert.match(output, /CapEff:\s+00000000a80425fb/);
    assert.doesNotMatch(output, /writable/);
  });
});

describe('files are taken from nowhere but where they are said to be', () => {
  it('by .. or by a root', async (t) => {
    const host = canary(t);
    for (const source of [`../..${host}/file`, `${host}/file`, `/../../..${host}/file`, `x/../../..${host}/*`])
      await harmless(`FROM base\nCOPY ${source} /x/\nRUN cat /x/*`, { f: '' });
  });

  it('by a link of the context, which is followed inside of it', async (t) => {
    const host = canary(t);
    await harmless('FROM base\nCOPY led /x\nRUN cat /x /x/file', { led: `-> ${host}/file` });
    await harmless('FROM base\nCOPY led/ /x/\nRUN cat /x/file', { led: `-> ${host}` });
    const { output } = await buildOf(house, 'FROM base\nCOPY . /x/\nRUN readlink /x/led', { led: `-> ${host}` });
    assert.equal(output, `${host}\n`, 'what is inside of a directory stays a link');
  });

  it('by a link of a stage', async (t) => {
    const host = canary(t);
    await harmless(`FROM base AS a\nRUN ln -s ${host} /led\nFROM base\nCOPY --from=a /led/file /x\nRUN cat /x`);
    await harmless(`FROM base AS a\nRUN ln -s ${host} /led\nFROM base\nCOPY --from=a /led /x\nRUN cat /x/file`);
  });

  it('by a link that leads to what is ignored', async () => {
    const files = { '.dockerignore': 'secret', secret: SECRET, led: '-> secret' };
    await harmless('FROM base\nCOPY led /x\nRUN cat /x', files);
    await harmless('FROM base\nRUN --mount=source=led,target=/x cat /x', files);
  });

  it('by a Dockerfile or a list of patterns that is a link', async (t) => {
    const host = canary(t);
    const at = contextIn(house.root, { f: '' });
    symlinkSync(join(host, 'file'), join(at, 'Dockerfile'));
    await assert.rejects(buildIn(house.engine, at), (error) => isTscontainError(error, 'NO_SUCH_PATH'));
  });
});
