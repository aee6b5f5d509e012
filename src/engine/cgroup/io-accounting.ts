// Why a disk's bytes are counted at all: since Linux 6.10 blk-throttle, which keeps blkio.throttle.io_service_bytes of cgroup v1,
// sleeps on a disk until somebody configures a rate on it (block/blk-throttle.c, blk_throtl_init from tg_set_conf). Until then
// every container is said to have read and written 0. A rate of 0, which is none, wakes it. cgroup v2 counts by itself.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTscontainError } from '../errors.js';
import { writeFile } from './tree.js';

/** Backed by memory or by a file: what is written there is no work of a disk. */
const NO_DISK = /^(loop|ram|zram)\d/;

/** "major:minor" of every disk that the machine has now. */
export function diskNumbers(sysBlock = '/sys/block'): string[] {
  try {
    return readdirSync(sysBlock)
      .filter((name) => !NO_DISK.test(name))
      .map((name) => readFileSync(join(sysBlock, name, 'dev'), 'latin1').trim());
  } catch {
    return [];
  }
}

/** @param directory of a cgroup of ours in the blkio tree; nothing is limited by this, in it or elsewhere */
export function countIoOf(disks: readonly string[], directory: string): void {
  for (const disk of disks) {
    try {
      writeFile(join(directory, 'blkio.throttle.read_bps_device'), `${disk} 0`);
    } catch (error) {
      // A disk that went meanwhile, or a kernel without throttling: then there is nothing to count either.
      if (!isTscontainError(error)) throw error;
    }
  }
}
