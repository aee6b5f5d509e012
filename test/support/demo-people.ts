// Who lives on the made-up machine of demo-world.ts: its containers, its images, how their launches went.
import { NO_DEFAULTS } from '../../src/engine/image/oci.js';
import type { ContainerConfig, ContainerState, LaunchReport, ListedImage } from '../../src/engine/index.js';
import type { Habit } from './demo-sampler.js';

const KiB = 1024;
const MiB = 1024 ** 2;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Saturday, 21 November 2026, 14:05:00 UTC. */
export const DEMO_NOW = Date.UTC(2026, 10, 21, 14, 5, 0);
export interface Member {
  readonly name: string;
  readonly image: string;
  readonly project?: string;
  readonly argv: readonly string[];
  readonly age: number;
  readonly habit: Habit;
  readonly state?: Partial<ContainerState>;
  readonly mounts?: ContainerConfig['mounts'];
  /** names of networks; without them it is on the default one */
  readonly networks?: readonly string[];
  readonly ports?: ContainerConfig['ports'];
}

export const MEMBERS: readonly Member[] = [
  {
    name: 'web',
    image: 'nginx:1.27',
    project: 'shop',
    argv: ['/docker-entrypoint.sh', 'nginx', '-g', 'daemon off;'],
    age: 2 * DAY + 3 * HOUR,
    habit: {
      cores: 0.21,
      swing: 0.7,
      limitCores: 1,
      memory: 61 * MiB,
      memoryLimit: 256 * MiB,
      reads: 0,
      writes: 1.1 * MiB,
      received: 320 * KiB,
      sent: 2.6 * MiB,
      interfaces: 2,
      pids: 9,
      ioPressure: 23,
    },
    networks: ['shop-front', 'shop-back'],
    ports: [
      { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 8080 },
      { containerPort: 443, protocol: 'tcp', hostIp: '', hostPort: 8443 },
    ],
    mounts: [
      {
        type: 'bind',
        source: '/srv/shop/static',
        target: '/usr/share/nginx/html',
        readOnly: true,
        propagation: 'rprivate',
      },
    ],
  },
  {
    name: 'db',
    image: 'postgres:17',
    project: 'shop',
    argv: ['docker-entrypoint.sh', 'postgres'],
    age: 2 * DAY + 3 * HOUR,
    habit: {
      cores: 0.62,
      swing: 0.4,
      limitCores: 1.5,
      memory: 318 * MiB,
      memoryLimit: 768 * MiB,
      reads: 1 * MiB,
      writes: 4.2 * MiB,
      received: 90 * KiB,
      sent: 740 * KiB,
      pids: 24,
      ioPressure: 11,
    },
    networks: ['shop-back'],
    ports: [{ containerPort: 5432, protocol: 'tcp', hostIp: '127.0.0.1', hostPort: 5432 }],
    mounts: [
      {
        type: 'volume',
        source: 'shop-db',
        target: '/var/lib/postgresql/data',
        readOnly: false,
      },
    ],
  },
  {
    name: 'backup',
    image: 'debian:12',
    project: 'shop',
    argv: ['/usr/local/bin/backup', '--every', '1h'],
    age: 41 * MINUTE,
    habit: {
      cores: 0.19,
      swing: 0.9,
      memory: 33 * MiB,
      reads: 0,
      writes: 57 * MiB,
      received: 210 * KiB,
      sent: 4 * KiB,
      pids: 8,
    },
    networks: ['shop-back'],
  },
  {
    name: 'ci-runner',
    image: 'node:24',
    argv: ['node', 'runner.js'],
    age: 6 * HOUR,
    habit: {
      cores: 0.4,
      swing: 0.3,
      limitCores: 0.2,
      memory: 221 * MiB,
      memoryLimit: 256 * MiB,
      reads: 0,
      writes: 0,
      received: 1.4 * MiB,
      sent: 12 * KiB,
      pids: 31,
      memoryPressure: 9,
    },
  },
  {
    name: 'reports',
    image: 'base',
    argv: ['sh', '-c', 'while :; do report; sleep 60; done'],
    age: 12 * HOUR,
    habit: { cores: 0, swing: 0, memory: 4 * MiB, memoryLimit: 64 * MiB, reads: 0, writes: 0, pids: 2, paused: true },
    state: { status: 'paused' },
  },
  {
    name: 'migrate',
    image: 'shop/api',
    argv: ['node', 'migrate.js'],
    age: 3 * HOUR + 4 * SECOND,
    habit: { cores: 0, swing: 0, memory: 0, reads: 0, writes: 0, pids: 0 },
    state: { status: 'exited', exitCode: 0, finishedAt: new Date(DEMO_NOW - 3 * HOUR).toISOString() },
  },
  {
    name: 'import',
    image: 'shop/api',
    argv: ['node', 'import.js', '--all'],
    age: 20 * MINUTE,
    habit: { cores: 0, swing: 0, memory: 0, memoryLimit: 512 * MiB, reads: 0, writes: 0, pids: 0 },
    state: {
      status: 'exited',
      exitCode: 137,
      oomKilled: true,
      restartCount: 3,
      finishedAt: new Date(DEMO_NOW - 14 * MINUTE).toISOString(),
    },
  },
];
/** 64 hexadecimal digits that belong to a name for good. */
export function idOf(name: string): string {
  let id = '';
  for (let i = 0; id.length < 64; i++) {
    let hash = 0x811c9dc5 ^ i;
    for (const ch of name) hash = Math.imul(hash ^ ch.charCodeAt(0), 0x01000193);
    id += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return id;
}
export const networkId = (name: string): string => idOf(`network ${name}`);
export function configOf(member: Member, created: number): ContainerConfig {
  const { habit } = member;
  return {
    schema: 1,
    id: idOf(member.name),
    name: member.name,
    created: new Date(created).toISOString(),
    ...(member.project === undefined ? {} : { project: member.project }),
    image: { name: member.image, id: idOf(member.image) },
    argv: member.argv,
    entrypoint: [],
    cmd: member.argv,
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
    workingDir: '/',
    user: '',
    groupAdd: [],
    hostname: member.name,
    domainname: '',
    tty: false,
    openStdin: false,
    stopSignal: 'SIGTERM',
    stopTimeoutSeconds: 10,
    labels: {},
    network: 'bridge',
    ...(member.networks === undefined
      ? {}
      : { endpoints: member.networks.map((name) => ({ network: networkId(name), aliases: [] })) }),
    ...(member.ports === undefined ? {} : { ports: member.ports }),
    extraHosts: [],
    limits: {
      ...(habit.limitCores === undefined ? {} : { nanoCpus: habit.limitCores * 1e9 }),
      ...(habit.memoryLimit === undefined ? {} : { memory: habit.memoryLimit }),
    },
    mounts: member.mounts ?? [],
    readOnlyRootfs: false,
    init: false,
    ulimits: [],
    oomScoreAdj: 0,
    capAdd: [],
    capDrop: [],
    privileged: false,
    noNewPrivileges: false,
    devices: [],
    sysctls: {},
    shmSize: 64 * MiB,
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    autoRemove: false,
    log: { maxSizeBytes: 16 * MiB, maxFiles: 3 },
  };
}
/** So many busy services, in a few projects and in none. */
export function crowdOf(count: number): Member[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `svc-${String(i + 1).padStart(3, '0')}`,
    image: `app/svc:${1 + (i % 4)}`,
    ...(i % 3 === 0 ? {} : { project: `team-${String.fromCharCode(97 + (i % 5))}` }),
    argv: ['/app/server'],
    age: (i + 1) * 7 * MINUTE,
    habit: {
      cores: 0.05 + (i % 7) * 0.11,
      swing: 0.8,
      ...(i % 2 === 0 ? { limitCores: 1 } : {}),
      memory: (20 + i * 3) * MiB,
      memoryLimit: 512 * MiB,
      reads: (i % 4) * 200 * KiB,
      writes: (i % 6) * 900 * KiB,
      received: (i % 5) * 40 * KiB,
      sent: (i % 3) * 310 * KiB,
      pids: 3 + (i % 20),
      ioPressure: (i * 13) % 40,
    },
  }));
}
/** A launch as a real one looks: what is done, in which order, and how long it takes. */
export function launchOf(startedAt: string): LaunchReport {
  const plan: readonly (readonly [name: string, call: string, args: string, us: number])[] = [
    ['clone3', 'clone3', 'CLONE_NEWPID|CLONE_NEWNS|CLONE_NEWNET|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWCGROUP', 380],
    ['mount / private', 'mount', '"none", "/", NULL, MS_REC|MS_PRIVATE, NULL', 20],
    ['move_mount the root', 'move_mount', '12, "", AT_FDCWD, "/run/tscontain/root", MOVE_MOUNT_F_EMPTY_PATH', 50],
    ['mount /proc', 'mount', '"proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL', 120],
    ['mount /sys', 'mount', '"sysfs", "/sys", "sysfs", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL', 110],
    ['mount /dev', 'mount', '"tmpfs", "/dev", "tmpfs", MS_NOSUID|MS_STRICTATIME, "mode=755,size=65536k"', 210],
    ['mount /dev/pts', 'mount', '"devpts", "/dev/pts", "devpts", MS_NOSUID|MS_NOEXEC, "newinstance"', 90],
    ['mount /dev/shm', 'mount', '"shm", "/dev/shm", "tmpfs", MS_NOSUID|MS_NODEV|MS_NOEXEC, "size=67108864"', 80],
    ['mask /proc/kcore', 'mount', '"/dev/null", "/proc/kcore", NULL, MS_BIND, NULL', 30],
    ['mask /proc/keys', 'mount', '"/dev/null", "/proc/keys", NULL, MS_BIND, NULL', 30],
    ['mask /sys/firmware', 'mount', '"tmpfs", "/sys/firmware", "tmpfs", MS_RDONLY, NULL', 40],
    ['pivot_root', 'pivot_root', '".", "."', 90],
    ['sethostname', 'sethostname', '"web", 3', 10],
    ['capset', 'capset', '14 of 41 kept', 20],
    ['execve', 'execve', '"/docker-entrypoint.sh", ["nginx", "-g", "daemon off;"]', 2400],
  ];
  let atUs = 0;
  const steps = plan.map(([name, call, args, durationUs]) => {
    atUs += durationUs;
    return { name, call, args, atUs, durationUs, result: 0 };
  });
  return { startedAt, totalUs: atUs, steps };
}
export const DEMO_IMAGES: readonly ListedImage[] = [
  ['base', 30, 2],
  ['nginx:1.27', 188, 30],
  ['postgres:17', 431, 30],
  ['shop/api', 212, 3],
].map(([name, mib, days]) => ({
  id: idOf(String(name)),
  name: String(name),
  created: new Date(DEMO_NOW - Number(days) * DAY).toISOString(),
  sizeBytes: Number(mib) * MiB,
  layers: ['/layers/1'],
  layerBytes: [Number(mib) * MiB],
  config: { ...NO_DEFAULTS, cmd: ['sh'], workingDir: '/' },
  digest: `sha256:${idOf(`manifest of ${String(name)}`)}` as const,
  platform: { os: 'linux', architecture: 'amd64' },
  sharedBytes: 0,
  usedBy: [],
}));
