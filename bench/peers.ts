// Other engines, where they are installed, run so that what is measured is their work and not the starting of a shell.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
