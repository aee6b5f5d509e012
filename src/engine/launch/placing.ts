// Where each mount of a container goes: parents before children, and how much of each target is still to be made.
import type { Mount } from '../model.js';
import { depthBelow, findPlace, type Place } from '../rootfs/places.js';
import { TscontainError } from '../errors.js';

/** Fresh file systems of the container, in which nothing of the image can be seen any more. */
const FRESH = ['/dev'];
/** File systems of the kernel, in which nothing can be made. */
const FIXED = ['/sys'];

const components = (path: string): number => depthBelow(path, '/') ?? 0;

/** Docker's order: the fewer components, the earlier; else as given. */
export function inOrder<T extends { readonly target: string }>(mounts: readonly T[]): T[] {
  return [...mounts].sort((a, b) => components(a.target) - components(b.target));
}

/** @throws TscontainError INVALID_VALUE */
export function requirePossibleTarget({ target }: Pick<Mount, 'target'>): void {
  if (depthBelow(target, '/proc') === undefined && components(target) > 0) return;
  throw new TscontainError('INVALID_VALUE', `nothing can be mounted at "${target}" in a container`, {
    hint: 'choose a place other than / and outside of /proc',
  });
}

/**
 * @param rootFd the container's root, before anything is mounted in it
 * @param covering the targets of mounts that are placed before this one
 */
export function placeOf(rootFd: number, target: string, covering: readonly string[]): Place {
  const depths = [...FRESH, ...covering].flatMap((ancestor) => depthBelow(target, ancestor) ?? []);
  // Inside of another mount nothing can be seen from here, so every component may be missing.
  if (depths.length > 0) return { path: target, missing: Math.min(...depths) };
  if (FIXED.some((ancestor) => depthBelow(target, ancestor) !== undefined)) return { path: target, missing: 0 };
  return findPlace(rootFd, target);
}
