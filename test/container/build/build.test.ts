// Images that are built: what is in them, what they say of themselves, and what building them leaves behind.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { buildOf, said } from '../../support/builds.js';
import { EngineHouse } from '../../support/engine-house.js';
import { refusal } from '../../support/refusal.js';

let house: EngineHouse;
before(async () => (house = await EngineHouse.open()));
after(() => house.close());

const DOCKERFILE = `# syntax=docker/dockerfile:1
ARG BASE=base
FROM \${BASE} AS builder
ARG VERSION=1
ENV MODE=fast NAME="a b"
WORKDIR /src
COPY --chmod=755 tool.sh ./
COPY src/ ./src/
RUN ./tool.sh "$VERSION" > out && \\
    cat src/*.txt >> out
RUN <<EOF
echo here >> out
echo "$MODE" >> out
EOF

FROM base AS unused
RUN exit 7

FROM base
LABEL org.example.kind=test
COPY --from=builder /src/out /app/out
COPY <<hello.txt <<"raw.txt" /app/
hello \${NAME:-nobody}
hello.txt
raw \${NAME}
raw.txt
WORKDIR /app/data
RUN id -u > /mine; chown www-data /app/data; pwd
USER www-data:www-data
RUN id -u > mine
EXPOSE 80 53/udp
VOLUME /app/data
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s CMD cat /app/out
ENTRYPOINT ["cat"]
CMD ["/app/out"]
`;
const FILES = {
  'tool.sh': '#!/bin/sh\necho "version $1"\n',
  'src/one.txt': 'one\n',
  'src/two.txt': 'two\n',
};

describe('a Dockerfile of several stages', () => {
  it('becomes an image that does what it says', async () => {
    const built = await buildOf(house, DOCKERFILE, FILES, {
      tags: ['web:1', 'web'],
      args: new Map([['VERSION', '7']]),
    });
    assert.deepEqual(built.names, ['web:1', 'web:latest']);
    assert.equal(await said(house, 'web:1'), 'version 7\none\ntwo\nhere\nfast');
    const more = await said(house, 'web', '/app/hello.txt', '/app/raw.txt', '/mine', '/app/data/mine');
    assert.equal(more, 'hello nobody\nraw ${NAME}\n0\n33');
    assert.ok(!built.ended.some((text) => text.includes('exit 7')), 'what nobody needs is not built');
    assert.equal(built.output, '/app/data\n');
  });

  it('says of itself what the instructions say', async () => {
    const { id } = await buildOf(house, DOCKERFILE, FILES, { labels: new Map([['more', 'yes']]) });
    const { config } = await house.engine.images.get(id);
    assert.deepEqual(config.entrypoint, ['cat']);
    assert.deepEqual(config.cmd, ['/app/out']);
    assert.equal(config.user, 'www-data:www-data');
    assert.equal(config.workingDir, '/app/data');
    assert.deepEqual([...config.exposedPorts].sort(), ['53/udp', '80/tcp']);
    assert.deepEqual(config.volumes, ['/app/data']);
    assert.equal(config.stopSignal, 'SIGINT');
    assert.deepEqual(config.healthcheck?.test, ['CMD-SHELL', 'cat /app/out']);
    assert.deepEqual(config.labels, { more: 'yes', 'org.example.kind': 'test' });
    const lines = (await house.engine.images.history(id)).map(({ createdBy }) => createdBy).reverse();
    assert.deepEqual(lines.slice(1), [
      'LABEL org.example.kind=test',
      'COPY --from=builder /src/out /app/out # buildkit',
      'COPY <<hello.txt <<raw.txt /app/ # buildkit',
      'WORKDIR /app/data',
      'RUN /bin/sh -c id -u > /mine; chown www-data /app/data; pwd # buildkit',
      'USER www-data:www-data',
      'RUN /bin/sh -c id -u > mine # buildkit',
      'EXPOSE [80/tcp 53/udp]',
      'VOLUME [/app/data]',
      'STOPSIGNAL SIGINT',
      'HEALTHCHECK --interval=5s CMD cat /app/out',
      'ENTRYPOINT ["cat"]',
      'CMD ["/app/out"]',
    ]);
  });

  it('is built up to a stage that is named', async () => {
    const { id, ended } = await buildOf(house, DOCKERFILE, FILES, { target: 'builder' });
    assert.equal(await said(house, id, 'cat', '/src/out'), 'version 1\none\ntwo\nhere\nfast');
    assert.ok(!ended.some((text) => text.includes('COPY --from')));
    await assert.rejects(
      buildOf(house, DOCKERFILE, FILES, { target: 'bilder' }),
      refusal('INVALID_VALUE', /no stage "bilder"/),
    );
  });
});

describe('COPY', () => {
  const listed = 'RUN cd /x && find . -type f -o -type l | LC_ALL=C sort | xargs stat -c "%n %a %u:%g"';

  it('puts files where they are meant, with owners and modes', async () => {
    const { output } = await buildOf(
      house,
      `FROM base
RUN mkdir -p /x/there && ln -s there /x/link
COPY one /x/named
COPY one two /x/there/
COPY dir /x/dir
COPY dir/ /x/link/
COPY --chown=www-data:daemon --chmod=600 one /x/owned
COPY --chown=12 one /x/numbered
COPY *.c d?r/a /x/wild/
COPY none* /x/wild/
COPY --parents dir/sub/b /x/parents/
COPY --exclude=sub dir /x/part
${listed}`,
      { one: '1', two: '2', 'dir/a': 'a', 'dir/sub/b': 'b', 'x.c': 'c', 'dir/l': '-> a' },
    );
    const expected = [
      './dir/a 644 0:0',
      './dir/l 777 0:0',
      './dir/sub/b 644 0:0',
      './link 777 0:0',
      './named 644 0:0',
      './numbered 644 12:12',
      './owned 600 33:1',
      './parents/dir/sub/b 644 0:0',
      './part/a 644 0:0',
      './part/l 777 0:0',
      './there/a 644 0:0',
      './there/l 777 0:0',
      './there/one 644 0:0',
      './there/sub/b 644 0:0',
      './there/two 644 0:0',
      './wild/a 644 0:0',
      './wild/x.c 644 0:0',
    ];
    assert.deepEqual(output.trimEnd().split('\n'), expected);
  });

  it('from a stage keeps owners, from an image takes its files', async () => {
    const { output } = await buildOf(
      house,
      `FROM base AS a
RUN mkdir -p /o && echo a > /o/f && chown 5:6 /o/f
FROM base
COPY --from=a /o /x
COPY --from=base /etc/passwd /x/passwd
${listed}; head -c 5 /x/passwd`,
    );
    assert.equal(output, './f 644 5:6\n./passwd 644 0:0\nroot:');
  });

  it('leaves a directory that is there as it was', async () => {
    const { output } = await buildOf(house, 'FROM base\nCOPY a /tmp/a\nCOPY d /tmp/\nRUN stat -c %a /tmp', {
      a: '',
      'd/b': '',
    });
    assert.equal(output, '1777\n');
  });

  it('goes without what .dockerignore names', async () => {
    const patterns = '**/*.log\n!c/keep.log\n.dockerignore\nDockerfile*';
    const files = { a: '', 'b.log': '', 'c/d.log': '', 'c/keep.log': '', '.dockerignore': patterns };
    const { output } = await buildOf(house, 'FROM base\nCOPY . /x/\nRUN cd /x && find . -type f | sort', files);
    assert.equal(output, './a\n./c/keep.log\n');
    await assert.rejects(
      buildOf(house, 'FROM base\nCOPY b.log /x', files),
      refusal('NO_SUCH_PATH', /Dockerfile:2:1: .*left out.*dockerignore/),
    );
    const beside = { ...files, 'Dockerfile.dockerignore': 'a' };
    const own = await buildOf(house, 'FROM base\nCOPY . /x/\nRUN ls /x', beside);
    assert.match(own.output, /b\.log/);
    assert.doesNotMatch(own.output, /^a$/m);
  });
});

it('FROM scratch has what is copied, and nothing else', async () => {
  const { id } = await buildOf(house, 'FROM scratch\nCOPY a /b/c\nCMD ["/b/c"]', { a: '1' });
  const { layers } = await house.engine.images.get(id);
  assert.equal(layers.length, 1);
  assert.deepEqual(readdirSync(layers[0]!), ['b']);
});

it('ONBUILD waits for who builds on it', async () => {
  await buildOf(house, 'FROM base\nONBUILD COPY f /f\nONBUILD RUN cat /f', { f: 'first' }, { tags: ['parent'] });
  const { output, id } = await buildOf(house, 'FROM parent\nRUN echo then', { f: 'second\n' });
  assert.equal(output, 'second\nthen\n');
  assert.deepEqual((await house.engine.images.get(id)).config.onBuild, []);
});

it('arguments: before FROM, in a stage, hidden by ENV, of the platform, of a proxy', async () => {
  const args = new Map([
    ['A', 'given'],
    ['B', 'b'],
    ['HTTP_PROXY', 'http://proxy'],
    ['UNUSED', 'x'],
  ]);
  const { output, warnings, id } = await buildOf(
    house,
    `ARG GLOBAL=g
FROM base
ARG GLOBAL
ARG A=a
ARG B
ARG TARGETARCH
ENV A=env
RUN echo "$GLOBAL $A $B \${C-unset} $TARGETARCH \${HTTP_PROXY}"`,
    {},
    { args },
  );
  assert.match(output, /^g env b unset \w+ http:\/\/proxy\n$/);
  assert.deepEqual(
    warnings.map(({ rule }) => rule),
    ['UnusedBuildArg'],
  );
  const lines = (await house.engine.images.history(id)).map(({ createdBy }) => createdBy).join('\n');
  assert.match(lines, /^RUN \|3 GLOBAL=g B=b TARGETARCH=\w+ \/bin\/sh -c echo /m);
  assert.doesNotMatch(lines, /proxy/);
});

it('nothing is left behind but the image and the cache', async () => {
  await buildOf(house, 'FROM base\nRUN true');
  assert.deepEqual(readdirSync(layout.containers(house.root)), []);
});
