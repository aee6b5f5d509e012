// Finds an init program of the host that can run in any container: a static one, for a container may have no libraries.
import { closeSync, openSync, readSync } from 'node:fs';
import { AT_FDCWD, cloneTree, MOUNT_ATTR_RDONLY, MS_PRIVATE, setMountAttributes } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { readElf } from '../image/elf.js';

/** All of them take `-- program arguments…`. */
const NAMES = ['docker-init', 'tini-static', 'catatonit', 'tini'];
const DIRECTORIES = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/libexec/docker',
  '/usr/libexec/podman',
  '/usr/libexec/catatonit',
  '/sbin',
  '/bin',
];

/** As much as holds the headers that say whether a program needs a loader. */
const HEAD_BYTES = 64 * 1024;

function isStatic(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const elf = readElf(head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0)));
    return elf !== undefined && elf.interpreter === undefined;
  } finally {
    closeSync(fd);
  }
}

let found: string | undefined;

/** @throws TscontainError NOT_SUPPORTED */
export function findInit(): string {
  found ??= DIRECTORIES.flatMap((directory) => NAMES.map((name) => `${directory}/${name}`)).find(isStatic);
  if (found === undefined) {
    throw new TscontainError('NOT_SUPPORTED', '--init needs a static init program, and this host has none', {
      hint: 'install tini or catatonit (apt install tini)',
    });
  }
  return found;
}

/** It as a mount of its own that cannot be written to: /proc/1/exe leads there from inside of the container (CVE-2019-5736). */
export function openInit(): number {
  const fd = cloneTree(AT_FDCWD, findInit());
  try {
    setMountAttributes(fd, '', { set: MOUNT_ATTR_RDONLY, propagation: MS_PRIVATE });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}
