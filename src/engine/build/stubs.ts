// The places that a launch makes so that something can be mounted there: empty directories and files in the layer that is being
// made, which do not belong into it. They go again by name in open directories of the layer itself, no link is followed, and only
// what is empty and was not there before goes (CVE-2024-23652).
import { closeSync, fstatSync, openSync, type Stats } from 'node:fs';
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_RDONLY, unlinkAt } from '../../native/index.js';
import { ETC_FILES } from '../launch/etc-files.js';
import { findPlace } from '../rootfs/places.js';
import { namesIn, openEntry } from '../rootfs/walk.js';
import { isOpaque } from '../rootfs/whiteouts.js';
import { Tree } from './tree.js';

const ALWAYS = ['/proc', '/sys', '/dev', ...ETC_FILES.map((file) => `/etc/${file}`)];

/** An absolute path whose last components, `missing` of them, a launch makes. */
export interface Stub {
  readonly path: string;
  readonly missing: number;
}

/** Before the launch: what of the targets is not there. @param layers lowest first */
export function stubsOf(layers: readonly string[], targets: readonly string[]): Stub[] {
  if (layers.length === 0) return [...ALWAYS, ...targets].map((path) => ({ path, missing: partsOf(path).length }));
  const tree = Tree.ofLayers(layers);
  try {
    return [...ALWAYS, ...targets].flatMap((target) => {
      const { path, missing } = findPlace(tree.rootFd, target);
      return missing === 0 ? [] : [{ path, missing }];
    });
  } finally {
    tree.close();
  }
}

/**
 * After it: takes them out of the upper directory, the deepest first, and with them the directories above that are in the layer
 * only because something was made in them.
 */
export function removeStubs(upper: string, layers: readonly string[], stubs: readonly Stub[]): void {
  const fd = openSync(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const below = layers.length === 0 ? undefined : Tree.ofLayers(layers);
  try {
    const deepestFirst = [...stubs].sort((a, b) => partsOf(b.path).length - partsOf(a.path).length);
    for (const { path, missing } of deepestFirst) {
      const parts = partsOf(path);
      for (let count = parts.length; count > parts.length - missing; count--)
        if (!removeOne(fd, parts.slice(0, count))) break;
      for (let count = parts.length - missing; count > 0 && below !== undefined; count--)
        if (!removeOne(fd, parts.slice(0, count), below)) break;
    }
  } finally {
    below?.close();
    closeSync(fd);
  }
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

/**
 * @param below given for a directory that was there before: it goes when it says nothing that is not said below
 * @returns whether the one above it can be looked at
 */
function removeOne(topFd: number, parts: readonly string[], below?: Tree): boolean {
  const opened: number[] = [];
  try {
    let parentFd = topFd;
    for (const part of parts.slice(0, -1)) {
      const fd = openEntry(parentFd, part, O_RDONLY | O_DIRECTORY);
      if (fd === undefined) return true;
      opened.push(fd);
      parentFd = fd;
    }
    const name = parts.at(-1)!;
    const place = openEntry(parentFd, name, O_PATH);
    if (place === undefined) return true;
    opened.push(place);
    const stat = fstatSync(place);
    if (stat.isDirectory()) {
      const fd = openEntry(parentFd, name, O_RDONLY | O_DIRECTORY);
      if (fd === undefined) return true;
      opened.push(fd);
      if (namesIn(fd).length > 0) return false;
      if (below !== undefined && (isOpaque(fd) || !isAlike(stat, below, parts.join('/')))) return false;
      unlinkAt(parentFd, name, { directory: true });
      return true;
    }
    if (below !== undefined || !stat.isFile() || stat.size > 0) return false;
    unlinkAt(parentFd, name);
    return true;
  } finally {
    for (const fd of opened.reverse()) closeSync(fd);
  }
}

function isAlike({ mode, uid, gid }: Stats, below: Tree, path: string): boolean {
  const fd = below.open(path, O_PATH | O_NOFOLLOW);
  if (fd === undefined) return false;
  try {
    const stat = fstatSync(fd);
    return stat.mode === mode && stat.uid === uid && stat.gid === gid;
  } finally {
    closeSync(fd);
  }
}
