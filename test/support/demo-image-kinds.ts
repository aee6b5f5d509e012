// Which images the made-up machine has: how each was made, which layers it has from others.
import type { HistoryLine, ImageLayer, ImageRow } from '../../src/tui/images/port.js';
import { idOf } from './demo-people.js';

const KiB = 1024;
const MiB = 1024 ** 2;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** An instruction of a Dockerfile with the bytes that it left, where it left any. */
export type Made = readonly [createdBy: string, bytes?: number];

export const DEBIAN: readonly Made[] = [["/bin/sh -c #(nop) ADD file:b4987bca8c4c4c640d6b71dcccfd7172b44771e0f851a47d05c00c2bf5fb8ac0 in / ", 117 * MiB], ['/bin/sh -c #(nop)  CMD ["bash"]']]; // prettier-ignore
const ALPINE: readonly Made[] = [
  ['ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit', 7.8 * MiB],
  ['CMD ["/bin/sh"]'],
];
const NODE: readonly Made[] = [
  ...DEBIAN,
  ['/bin/sh -c set -eux; apt-get update; apt-get install -y --no-install-recommends ca-certificates curl gnupg netbase; rm -rf /var/lib/apt/lists/*', 48 * MiB],
  ['/bin/sh -c apt-get update && apt-get install -y --no-install-recommends git mercurial openssh-client subversion procps', 177 * MiB],
  ['/bin/sh -c set -ex; apt-get update; apt-get install -y --no-install-recommends autoconf automake bzip2 g++ gcc imagemagick make', 587 * MiB],
  ['RUN /bin/sh -c groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node # buildkit', 9 * KiB],
  ['ENV NODE_VERSION=24.11.1'],
  ['RUN /bin/sh -c curl -fsSLO https://nodejs.org/dist/v$NODE_VERSION/node-v$NODE_VERSION-linux-x64.tar.xz && tar -xJf node.tar.xz # buildkit', 196 * MiB],
  ['COPY docker-entrypoint.sh /usr/local/bin/ # buildkit', 388],
  ['ENTRYPOINT ["docker-entrypoint.sh"]'],
  ['CMD ["node"]'],
]; // prettier-ignore
const API: readonly Made[] = [...NODE, ['WORKDIR /app', 0], ['COPY package.json package-lock.json ./ # buildkit', 412 * KiB], ['RUN npm ci --omit=dev # buildkit', 63 * MiB]]; // prettier-ignore

export interface Kind {
  /** what it is called; absent for one without a name */
  readonly name?: string;
  /** the name that containers know it by, from which its id comes */
  readonly as: string;
  readonly made: readonly Made[];
  readonly age: number;
  readonly config: ImageRow['config'];
}

export const KINDS: readonly Kind[] = [
  { name: 'base', as: 'base', made: [['made of the programs of this host', 30 * MiB]], age: 2 * DAY, config: { cmd: ['sh'] } },
  { name: 'debian:12', as: 'debian:12', made: DEBIAN, age: 11 * DAY, config: { cmd: ['bash'] } },
  {
    name: 'nginx:1.27',
    as: 'nginx:1.27',
    made: [
      ...DEBIAN,
      ['LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>'],
      ['ENV NGINX_VERSION=1.27.2'],
      ['RUN /bin/sh -c set -x && groupadd --system --gid 101 nginx && apt-get update && apt-get install -y nginx=${NGINX_VERSION}-${PKG_RELEASE} # buildkit', 71 * MiB],
      ['COPY docker-entrypoint.sh / # buildkit', 1620],
      ['COPY 10-listen-on-ipv6-by-default.sh /docker-entrypoint.d # buildkit', 2125],
      ['COPY 30-tune-worker-processes.sh /docker-entrypoint.d # buildkit', 4621],
      ['ENTRYPOINT ["/docker-entrypoint.sh"]'],
      ['EXPOSE map[80/tcp:{}]'],
      ['STOPSIGNAL SIGQUIT'],
      ['CMD ["nginx" "-g" "daemon off;"]'],
    ],
    age: 30 * DAY,
    config: {
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'NGINX_VERSION=1.27.2', 'PKG_RELEASE=1~bookworm'],
      exposedPorts: ['80/tcp', '443/tcp'],
      labels: { maintainer: 'NGINX Docker Maintainers <docker-maint@nginx.com>' },
      stopSignal: 'SIGQUIT',
      healthcheck: {
        test: ['CMD-SHELL', 'curl -fsS http://localhost/ >/dev/null'],
        intervalNs: 30e9,
        timeoutNs: 5e9,
        startPeriodNs: 10e9,
        startIntervalNs: 0,
        retries: 3,
      },
    },
  },
  { name: 'node:24', as: 'node:24', made: NODE, age: 9 * DAY, config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['node'], env: ['NODE_VERSION=24.11.1'] } },
  {
    name: 'postgres:17',
    as: 'postgres:17',
    made: [...DEBIAN, ['RUN set -eux; apt-get update; apt-get install -y --no-install-recommends gnupg less locales # buildkit', 11 * MiB], ['RUN set -eux; apt-get install -y postgresql-$PG_MAJOR=$PG_VERSION # buildkit', 301 * MiB], ['VOLUME [/var/lib/postgresql/data]'], ['USER 999']],
    age: 30 * DAY,
    config: { entrypoint: ['docker-entrypoint.sh'], cmd: ['postgres'], user: '999', volumes: ['/var/lib/postgresql/data'], exposedPorts: ['5432/tcp'], stopSignal: 'SIGINT' },
  },
  { name: 'redis:7-alpine', as: 'redis:7-alpine', made: [...ALPINE, ['RUN addgroup -S -g 1000 redis && adduser -S -G redis -u 999 redis # buildkit', 4 * KiB], ['RUN set -eux; apk add --no-cache tzdata # buildkit', 32 * MiB]], age: 41 * DAY, config: { cmd: ['redis-server'], workingDir: '/data', volumes: ['/data'] } },
  { name: 'shop/api:latest', as: 'shop/api', made: [...API, ['COPY . . # buildkit', 2.4 * MiB], ['USER node'], ['CMD ["node" "server.js"]']], age: 3 * DAY, config: { cmd: ['node', 'server.js'], workingDir: '/app', user: 'node', labels: { 'org.opencontainers.image.revision': '7c1f0e2' } } },
  { name: 'shop/api:1.9', as: 'shop/api:1.9', made: [...API, ['COPY . . # buildkit, the nineteenth', 2.3 * MiB]], age: 24 * DAY, config: { cmd: ['node', 'server.js'], workingDir: '/app', user: 'node' } },
  { as: 'nameless one', made: [...API, ['COPY . . # buildkit \u001b[2J\u001b]0;evil\u0007 \u202e an hour ago', 2.4 * MiB]], age: HOUR, config: { cmd: ['node', '\u001b[31mserver.js'], labels: { 'evil\u001b[2J': '\u001b]52;c;aGk=\u0007 \u202eabc' } } },
  { as: 'nameless two', made: [...ALPINE, ['RUN apk add --no-cache build-base # buildkit', 214 * MiB]], age: 6 * HOUR, config: {} },
]; // prettier-ignore

/** The same instructions on the same ones make the same layer. */
export function historyOf(made: readonly Made[], end: number): readonly HistoryLine[] {
  let below = '';
  return made.map(([createdBy, bytes], i): HistoryLine => {
    const created = new Date(end - (made.length - i) * 4000).toISOString();
    if (bytes === undefined) return { created, createdBy };
    below = idOf(`${below} ${createdBy}`);
    return { created, createdBy, layer: { id: below, sizeBytes: bytes } };
  });
}

const layersOf = (history: readonly HistoryLine[]): readonly ImageLayer[] =>
  history.flatMap(({ layer }) => layer ?? []);

export function imageOf({ name, as, made, age, config }: Kind, now: number): ImageRow {
  const layers = layersOf(historyOf(made, now - age));
  return {
    id: idOf(as),
    name,
    created: new Date(now - age).toISOString(),
    sizeBytes: layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    layers,
    platform: 'linux/amd64',
    config,
    usedBy: [],
  };
}
