// The steps that make /dev: the nodes every program expects, the links, the terminals, shared memory, message queues and
// the devices that were asked for. Pure. Tests: test/pure/engine/launch, test/container/launch.
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  deviceNumber,
  MOVE_MOUNT_F_EMPTY_PATH,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_STRICTATIME,
  O_DIRECTORY,
  S_IFBLK,
  S_IFCHR,
  S_IFREG,
  type Step,
} from '../../native/index.js';
import type { ContainerConfig } from '../model.js';
import type { DeviceNode, StartFacts } from './facts.js';
import { bind, makeDirectory, makeLink, makeMissing, mount, openPlace, step } from './steps.js';

/** The default devices of the OCI runtime specification, config-linux. */
const DEFAULT_NODES: readonly (readonly [name: string, major: number, minor: number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
];

const LINKS: readonly (readonly [name: string, to: string])[] = [
  ['ptmx', 'pts/ptmx'],
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['core', '/proc/kcore'],
];

const SHARED_MEMORY = MS_NOSUID | MS_NODEV | MS_NOEXEC;

export function makeDev(config: ContainerConfig, facts: StartFacts): Step[] {
  return [
    ...(facts.missingDirectories.includes('/dev') ? [makeDirectory('/dev', 0o755)] : []),
    mount('/dev', 'tmpfs', MS_NOSUID | MS_STRICTATIME, 'mode=755,size=65536k'),
    ...DEFAULT_NODES.map(([name, major, minor]) =>
      step(`make /dev/${name}`, 'mknodat', [AT_FDCWD, `/dev/${name}`, S_IFCHR | 0o666, deviceNumber(major, minor)]),
    ),
    ...LINKS.map(([name, to]) => makeLink(`/dev/${name}`, to)),
    ...makeTerminals(facts),
    makeDirectory('/dev/shm', 0o755),
    mount('/dev/shm', 'tmpfs', SHARED_MEMORY, `mode=1777,size=${config.shmSize}`, 'shm'),
    makeDirectory('/dev/mqueue', 0o755),
    mount('/dev/mqueue', 'mqueue', SHARED_MEMORY),
    ...facts.devices.flatMap(makeDevice),
  ];
}

/** gid 5 is the group tty of nearly every system: mesg(1) and wall(1) count on it. */
export const DEVPTS_OPTIONS = 'newinstance,ptmxmode=0666,mode=0620,gid=5';

function makeTerminals({ stdio }: StartFacts): Step[] {
  const pts = '/dev/pts';
  const steps: Step[] = [makeDirectory(pts, 0o755)];
  if (!stdio.tty || stdio.mountFd === undefined) {
    return [...steps, mount(pts, 'devpts', MS_NOSUID | MS_NOEXEC, DEVPTS_OPTIONS)];
  }
  return [
    ...steps,
    step(`mount ${pts}`, 'move_mount', [stdio.mountFd, '', AT_FDCWD, pts, MOVE_MOUNT_F_EMPTY_PATH]),
    // The first terminal of a fresh devpts is number 0. Both paths go through file systems mounted just now (CVE-2025-52565).
    step('make /dev/console', 'mknodat', [AT_FDCWD, '/dev/console', S_IFREG | 0o600, 0]),
    bind('make /dev/console', `${pts}/0`, '/dev/console'),
  ];
}

function makeDevice({ path, type, major, minor, mode, uid, gid }: DeviceNode): Step[] {
  const components = path.split('/').filter((part) => part !== '');
  const name = components.at(-1)!;
  const parent = `/${components.slice(0, -1).join('/')}`;
  const place = `parent of device ${path}`;
  const made = { tolerate: ['EEXIST'] };
  const kind = type === 'char' ? S_IFCHR : S_IFBLK;
  return [
    // Below /dev everything but the defaults is new; elsewhere the image may have it.
    ...makeMissing(parent, components.length - (components[0] === 'dev' ? 2 : 1)),
    openPlace(`make ${path}`, parent, place, O_DIRECTORY),
    step(`make ${path}`, 'mknodat', [{ result: place }, name, kind | mode, deviceNumber(major, minor)], made),
    ...(uid === 0 && gid === 0
      ? []
      : [step(`make ${path}`, 'fchownat', [{ result: place }, name, uid, gid, AT_SYMLINK_NOFOLLOW])]),
  ];
}
