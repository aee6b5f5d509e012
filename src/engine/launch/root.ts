// The steps that give a process the container's file system for its own and leave the host's behind: root, /proc, /sys,
// /dev, what is hidden of them, and the user's mounts. Pure. Tests: test/pure/engine/launch, test/container/launch.
//
// The host's tree is gone as the second thing that happens. From then on no path, whatever links the image holds, can
// name anything of the host; what must come from the host comes as a detached mount that was opened before.
import {
  AT_FDCWD,
  AT_RECURSIVE,
  MNT_DETACH,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MOVE_MOUNT_F_EMPTY_PATH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  MS_SLAVE,
  OPEN_TREE_CLOEXEC,
  OPEN_TREE_CLONE,
  type Step,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { ContainerConfig } from '../model.js';
import type { CgroupView, PlacedMount, StartFacts } from './facts.js';
import { hasOwnNetwork } from './network.js';
import {
  attach,
  bind,
  makeDirectory,
  makeLink,
  makeMissing,
  mount,
  mountAttributes,
  MOUNT_ATTRIBUTES_BYTES,
  NULL,
  openPlace,
  step,
  writeFile,
} from './steps.js';

const SEALED = MS_NOSUID | MS_NODEV | MS_NOEXEC;

/** The mounts of this namespace are a copy of the host's, and tied to them. */
export function partFromHost(config: ContainerConfig): Step {
  const listens = config.mounts.some((m) => m.type === 'bind' && !m.propagation.endsWith('private'));
  const propagation = MS_REC | (listens ? MS_SLAVE : MS_PRIVATE);
  return step('part from the mounts of the host', 'mount', [NULL, '/', NULL, propagation, NULL]);
}

function take(name: string, path: string): Step {
  return step(name, 'open_tree', [AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC], { store: name });
}

/** Copies of what the container gets of the host's tree, taken while that is still there. */
export function takeAlong({ cgroup, mounts }: StartFacts): Step[] {
  return [
    ...(cgroup.kind === 'v1' ? cgroup.hierarchies.map(({ name, path }) => take(`take cgroup ${name}`, path)) : []),
    ...mounts.flatMap(({ source, target }) => ('path' in source ? [take(`take ${target}`, source.path)] : [])),
  ];
}

/** Puts the root on top of the tree, turns around and drops the rest. */
export function enterRoot(rootFd: number): Step[] {
  return [
    step('bring the root in', 'move_mount', [rootFd, '', AT_FDCWD, '/', MOVE_MOUNT_F_EMPTY_PATH]),
    step('step into the root', 'fchdir', [rootFd]),
    step('make it the root', 'pivot_root', ['.', '.']),
    step('leave the file system of the host', 'umount2', ['.', MNT_DETACH]),
    // The root now lies above nothing, and "." is still the directory that the old one was stacked on.
    step('stand at the root', 'chdir', ['/']),
  ];
}

export function mountProc(facts: StartFacts): Step[] {
  return [...madeDirectories(facts, '/proc'), mount('/proc', 'proc', SEALED)];
}

function madeDirectories(facts: StartFacts, path: string): Step[] {
  return facts.missingDirectories.includes(path) ? [makeDirectory(path, 0o755)] : [];
}

/** As Docker sets them where the network is the container's own: low ports and ping are no privilege in there. */
const NETWORK_SYSCTLS: Readonly<Record<string, string>> = {
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv4.ping_group_range': '0 2147483647',
};

/** The ones that belong to the container's own ipc and network namespaces; any other would change the host. */
const OWN_SYSCTL = /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.[a-z_]+)$/;
const OWN_NETWORK_SYSCTL = /^net(\.[A-Za-z0-9_-]+)+$/;

export function setSysctls(config: ContainerConfig): Step[] {
  const isolated = hasOwnNetwork(config);
  const wanted = { ...(isolated ? NETWORK_SYSCTLS : {}), ...config.sysctls };
  return Object.entries(wanted).flatMap(([name, value]) => {
    if (!OWN_SYSCTL.test(name) && !(isolated && OWN_NETWORK_SYSCTL.test(name))) {
      throw new TscontainError(
        'INVALID_VALUE',
        `sysctl ${name} does not belong to a container: it would change the host`,
        {
          hint: isolated
            ? 'use net.*, fs.mqueue.* or the kernel.* ones of IPC'
            : `net.* is set where the network is: ${config.network === 'host' ? 'for the host' : 'for the container that it shares it with'}`,
        },
      );
    }
    const isDefault = !(name in config.sysctls);
    return writeFile(
      `set ${name}`,
      `/proc/sys/${name.replaceAll('.', '/')}`,
      value,
      isDefault ? { tolerate: ['ENOENT'] } : {},
    );
  });
}

export function mountSys(config: ContainerConfig, facts: StartFacts): Step[] {
  const flags = SEALED | (config.privileged ? 0 : MS_RDONLY);
  return [...madeDirectories(facts, '/sys'), mount('/sys', 'sysfs', flags), ...mountCgroups(config, facts.cgroup)];
}

function mountCgroups(config: ContainerConfig, view: CgroupView): Step[] {
  const at = '/sys/fs/cgroup';
  const readOnly = config.privileged ? 0 : MS_RDONLY;
  if (view.kind === 'none') return [];
  if (view.kind === 'v2') return [mount(at, 'cgroup2', SEALED | readOnly, NULL, 'cgroup')];
  const attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  return [
    mount(at, 'tmpfs', SEALED, 'mode=755,size=64k'),
    ...view.hierarchies.flatMap(({ name, links }) => [
      step(`mount ${at}/${name}`, 'mkdirat', [AT_FDCWD, `${at}/${name}`, 0o755]),
      step(`mount ${at}/${name}`, 'move_mount', [
        { result: `take cgroup ${name}` },
        '',
        AT_FDCWD,
        `${at}/${name}`,
        MOVE_MOUNT_F_EMPTY_PATH,
      ]),
      ...links.map((link) => makeLink(`${at}/${link}`, name)),
    ]),
    step(`seal ${at}`, 'mount_setattr', [
      AT_FDCWD,
      at,
      AT_RECURSIVE,
      mountAttributes(attributes | (config.privileged ? 0 : MOUNT_ATTR_RDONLY)),
      MOUNT_ATTRIBUTES_BYTES,
    ]),
  ];
}

/**
 * Hides what /proc and /sys tell or allow about the host. These paths go through file systems that were mounted a moment
 * ago on directories of the container that nobody else writes to, and /dev/null is the one made there, so an image cannot
 * lead them astray (CVE-2025-31133, CVE-2025-52881).
 */
export function hideHost(config: ContainerConfig, facts: StartFacts): Step[] {
  if (config.privileged) return [];
  const [first, ...others] = facts.masked.directories;
  const gone = { tolerate: ['ENOENT'] };
  return [
    ...facts.masked.files.map((path) => bind(`mask ${path}`, '/dev/null', path, gone)),
    ...(first === undefined
      ? []
      : [
          step(`mask ${first}`, 'mount', ['tmpfs', first, 'tmpfs', SEALED | MS_RDONLY, 'size=4k,nr_inodes=1,mode=755']),
        ]),
    ...others.map((path) => bind(`mask ${path}`, first!, path, gone)),
    ...facts.readOnly.flatMap((path) => [
      step(`protect ${path}`, 'mount', [path, path, NULL, MS_BIND | MS_REC, NULL]),
      step(`protect ${path}`, 'mount', [NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | SEALED, NULL]),
    ]),
  ];
}

/** The user's mounts and the files of /etc, parents before children. */
export function placeMounts(mounts: readonly PlacedMount[]): Step[] {
  return mounts.flatMap(({ target, source, missing, kind }) => {
    const name = `mount ${target}`;
    const mountFd = 'path' in source ? { result: `take ${target}` } : source.fd;
    return [...makeMissing(target, missing, kind), openPlace(name, target, name), attach(name, mountFd, name)];
  });
}

export function sealRoot(config: ContainerConfig): Step[] {
  if (!config.readOnlyRootfs) return [];
  const attributes = mountAttributes(MOUNT_ATTR_RDONLY);
  return [step('make the root read-only', 'mount_setattr', [AT_FDCWD, '/', 0, attributes, MOUNT_ATTRIBUTES_BYTES])];
}
