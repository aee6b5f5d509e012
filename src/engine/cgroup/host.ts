// Which kind of cgroup host this is, found out from the mount table. The parsing is pure; detectCgroupHost() reads the files.
// Formats: proc_pid_mountinfo(5), cgroups(7).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TscontainError } from '../errors.js';

export interface CgroupHost {
  /** v2: every controller in one tree. v1: a tree for each controller. hybrid: v1, and a cgroup2 mount beside it. */
  readonly kind: 'v1' | 'v2' | 'hybrid';
  /** v1 controller, or "name=systemd", → the absolute directory where its tree is mounted; empty on a v2 host */
  readonly v1: Readonly<Record<string, string>>;
  /** the cgroup2 mount, with the controllers that may be used below it */
  readonly unified?: { readonly path: string; readonly controllers: readonly string[] };
  /** controllers that the kernel has and that were switched off when it was booted (cgroup_disable=) */
  readonly disabled: readonly string[];
}

/** What detection reads, so that a test can give the text of any host. */
export interface CgroupHostFiles {
  /** /proc/self/mountinfo */
  readonly mountinfo: string;
  /** cgroup.controllers in the directory of a cgroup2 mount */
  controllers(mount: string): string;
  /** /proc/cgroups; empty where there is none */
  readonly cgroups: string;
}

/** @throws TscontainError CONTROLLER_MISSING where no cgroup tree is mounted */
export function detectCgroupHost(): CgroupHost {
  return parseCgroupHost({
    mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    controllers: (mount) => readFileSync(join(mount, 'cgroup.controllers'), 'utf8'),
    cgroups: readIfThere('/proc/cgroups'),
  });
}

export function parseCgroupHost(files: CgroupHostFiles): CgroupHost {
  const mounts = cgroupMounts(files.mountinfo);
  const trees = mounts.filter(({ type }) => type === 'cgroup');
  const v1 = Object.fromEntries(
    trees.flatMap(({ path, options }) => options.filter(isV1Controller).map((name) => [name, path])),
  );
  const cgroup2 = mounts.find(({ type }) => type === 'cgroup2');
  const unified = cgroup2 && { path: cgroup2.path, controllers: words(files.controllers(cgroup2.path)) };
  const disabled = disabledControllers(files.cgroups);
  const hasV1 = Object.keys(v1).some((name) => !name.startsWith('name='));
  if (!hasV1 && unified === undefined)
    throw new TscontainError('CONTROLLER_MISSING', 'no cgroup tree is mounted on this host', {
      hint: 'Mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup',
    });
  if (unified === undefined) return { kind: 'v1', v1, disabled };
  return hasV1 ? { kind: 'hybrid', v1, unified, disabled } : { kind: 'v2', v1: {}, unified, disabled };
}

interface CgroupMount {
  readonly path: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Later mounts cover earlier ones at the same place. */
function cgroupMounts(mountinfo: string): CgroupMount[] {
  const byPath = new Map<string, CgroupMount>();
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const mountPoint = before?.split(' ')[4];
    const [type, , options] = after?.split(' ') ?? [];
    if (mountPoint === undefined || type === undefined) continue;
    const path = unescape(mountPoint);
    byPath.set(path, { path, type, options: options?.split(',') ?? [] });
  }
  return [...byPath.values()].filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
}

/** mountinfo writes blanks and backslashes as three octal digits. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** Super options of a v1 mount are its controllers among flags such as rw, xattr and release_agent=. */
function isV1Controller(option: string): boolean {
  const flags = ['rw', 'ro', 'xattr', 'noprefix', 'clone_children', 'cpuset_v2_mode', 'favordynmods', 'nofavordynmods'];
  return option.startsWith('name=') || (!flags.includes(option) && !option.includes('='));
}

/** Lines of /proc/cgroups: name, hierarchy, number of cgroups, enabled. */
function disabledControllers(cgroups: string): string[] {
  return [...cgroups.matchAll(/^(\w+)\t\d+\t\d+\t0$/gm)].map(([, name]) => name!);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
