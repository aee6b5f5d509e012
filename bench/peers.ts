// Other engines, where they are installed, run so that what is measured is their work and not the starting of a shell.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}

export interface Resident {
  /** ms that one run of the command takes, its number in $n */
  run(): Promise<number>;
  end(): void;
}

/** A shell that waits to be told to run one command, again and again: a run costs one fork, as little as can be. */
export function resident(command: string, options: { readonly before?: string } = {}): Resident {
  const loop = `${options.before ?? ':'}; while read -r n; do { ${command}; } </dev/null >/dev/null; echo $?; done`;
  const shell = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', loop], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let next = 0;
  return {
    run: () =>
      new Promise((resolve, reject) => {
        const begun = process.hrtime.bigint();
        shell.stdout.once('data', (code: Buffer) => {
          if (code.toString() === '0\n') resolve(Number(process.hrtime.bigint() - begun) / 1e6);
          else reject(new Error(`${command} ended with ${code.toString()}`));
        });
        shell.stdin.write(`${process.pid}-${(next += 1)}\n`);
      }),
    end: () => shell.stdin.end(),
  };
}

const TMPFS_MAGIC = 0x01021994;

/**
 * A directory in memory, where the machine has one, for what is measured in single milliseconds: ext4 without a journal looks
 * through everything that was deleted within the last five seconds for each file that it makes, so that a bench which makes
 * and removes in turn would measure that.
 */
export function inMemory(): string {
  const shm = '/dev/shm';
  const isMemory = existsSync(shm) && statfsSync(shm).type === TMPFS_MAGIC;
  return mkdtempSync(join(isMemory ? shm : tmpdir(), 'tscontain-bench-'));
}

/** What unshare, crun and runc cannot do without and others bring along. */
export const UNSHARE = 'unshare -fpmuin --mount-proc true';

/** crun refuses a hybrid host: the shell that runs it sees no cgroup2 mount beside those of v1. */
export const HIDE_CGROUP2 = '! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified';

/** A bundle for OCI runtimes that runs a command in a root file system. */
export function writeBundle(directory: string, rootfs: string, args: readonly string[]): string {
  mkdirSync(directory, { recursive: true });
  spawnSync('crun', ['spec'], { cwd: directory });
  const path = join(directory, 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as {
    process: { args: readonly string[]; terminal: boolean; rlimits?: unknown };
    root: { path: string; readonly: boolean };
  };
  spec.process = { ...spec.process, args, terminal: false };
  // These machines have no CAP_SYS_RESOURCE, and a raised limit is more than an OCI runtime would do without it.
  delete spec.process.rlimits;
  spec.root = { path: rootfs, readonly: true };
  writeFileSync(path, JSON.stringify(spec));
  return directory;
}

/** An engine of others with a state directory of its own and the image `base`. */
export interface PeerEngine {
  /** What stands before the words of a command. */
  readonly command: string;
  /** What `run` needs beyond that to make the same container as ours. */
  readonly run: string;
  /** For the shell that runs it. */
  readonly before?: string;
  end(): Promise<void>;
}

/** Runs one shell command to its end, where a resident would. @throws Error with what it said */
export function once(command: string, before = ':'): void {
  const { status, stderr } = spawnSync(
    'unshare',
    ['-m', '--propagation', 'private', 'sh', '-c', `${before}; ${command}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
}

/**
 * The cgroups that an engine keeps for containers to come; where there are still some of another's, they stay. What watches over a
 * container (conmon, a shim) ends a little later than that, and is in one of them until then.
 */
function removeEmptyCgroups(name: string): void {
  const remove = `find /sys/fs/cgroup/*/${name} -depth -type d -exec rmdir {} + 2>/dev/null`;
  once(`for i in $(seq 30); do ls -d /sys/fs/cgroup/*/${name} >/dev/null 2>&1 || break; ${remove}; sleep 0.1; done; :`);
}

/** Where it keeps locks, wherever it is told to keep everything else. */
const PODMAN_LOCKS = '/dev/shm/libpod_lock';

/** Without a network nothing of the network is touched; with bridges, whoever asks is in a network namespace of its own. */
export type PeerNetwork = 'none' | 'bridge';

export function openPodman(directory: string, rootfs: string, peerNetwork: PeerNetwork = 'none'): PeerEngine {
  const names = ['root', 'runroot', 'tmpdir', 'network-config-dir'];
  const places = names.map((name) => `--${name} ${join(directory, name)}`).join(' ');
  const hadLocks = existsSync(PODMAN_LOCKS);
  const command = `podman ${places} --cgroup-manager cgroupfs --events-backend file`;
  once(`tar -C ${rootfs} -c . | ${command} import - base`, HIDE_CGROUP2);
  return {
    command,
    // Without CAP_SYS_RESOURCE it may lower limits only, and by itself it raises them.
    run: `--network ${peerNetwork} --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 --log-driver k8s-file`,
    before: HIDE_CGROUP2,
    end() {
      once(`${command} rm -fa -t 0`, HIDE_CGROUP2);
      removeEmptyCgroups('libpod_parent');
      if (!hadLocks) rmSync(PODMAN_LOCKS, { force: true });
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

const DOCKERD_MS = 30_000;
/** Apart from what ours and podman's bridges have. */
const DOCKER_BRIDGE = '172.30.0.1/16';

/** A dockerd that does not touch the configuration of this machine; its mounts go with it. */
export async function openDocker(
  directory: string,
  rootfs: string,
  peerNetwork: PeerNetwork = 'none',
): Promise<PeerEngine> {
  mkdirSync(directory, { recursive: true });
  const place = (name: string): string => join(directory, name);
  writeFileSync(place('daemon.json'), '{}');
  const places = ['--config-file', place('daemon.json'), '--data-root', place('data'), '--exec-root', place('exec')];
  const untouched = ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--bridge=none'];
  const network = peerNetwork === 'none' ? untouched : [`--bip=${DOCKER_BRIDGE}`];
  const options = [...places, ...network, '--pidfile', place('pid'), '--host', `unix://${place('socket')}`];
  const daemon = spawn('unshare', ['-m', '--propagation', 'private', 'dockerd', ...options], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => daemon.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    daemon.kill('SIGTERM');
    await ended;
    removeEmptyCgroups('docker');
    rmSync(directory, { recursive: true, force: true });
  };
  const command = `docker -H unix://${place('socket')}`;
  try {
    const deadline = Date.now() + DOCKERD_MS;
    while (spawnSync('sh', ['-c', `${command} version`]).status !== 0) {
      if (daemon.exitCode !== null || Date.now() > deadline) throw new Error('dockerd does not start here');
      await sleep(200);
    }
    once(`tar -C ${rootfs} -c . | ${command} import - base`);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    command,
    run: `--network ${peerNetwork}`,
    async end() {
      once(`${command} ps -aq | xargs -r ${command} rm -f`);
      await end();
    },
  };
}
