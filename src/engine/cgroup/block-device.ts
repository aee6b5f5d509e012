// Block devices as throttles name them: by number for the kernel, by path for people. Kernel: Documentation/ABI/stable/sysfs-block.
import { existsSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { TscontainError } from '../errors.js';

/** @returns "major:minor" @throws TscontainError NO_SUCH_PATH, INVALID_VALUE for what is no whole block device */
export function deviceNumber(path: string): string {
  let stat: Stats;
  try {
    stat = statSync(path);
  } catch (error) {
    throw new TscontainError('NO_SUCH_PATH', `there is no device ${path}`, {
      cause: error,
      hint: 'Name a disk of the host: lsblk --nodeps --paths lists them.',
    });
  }
  if (!stat.isBlockDevice())
    throw new TscontainError('INVALID_VALUE', `${path} is no block device, so it has no rate to limit`, {
      hint: 'Name a disk of the host: lsblk --nodeps --paths lists them.',
    });
  const number = `${majorOf(stat.rdev)}:${minorOf(stat.rdev)}`;
  const disk = diskOfPartition(number);
  if (disk === undefined) return number;
  throw new TscontainError('INVALID_VALUE', `${path} is a partition, and the kernel limits whole disks`, {
    hint: `Name its disk, ${disk}.`,
  });
}

/** @returns the path in /dev, or the number itself for a device that is gone */
export function devicePath(number: string): string {
  return nameOf(number) ?? number;
}

function nameOf(number: string): string | undefined {
  try {
    return inDev(basename(readlinkSync(`/sys/dev/block/${number}`)));
  } catch {
    return undefined;
  }
}

/** A partition's directory in sysfs is inside its disk's. */
function diskOfPartition(number: string): string | undefined {
  const link = `/sys/dev/block/${number}`;
  if (!existsSync(`${link}/partition`)) return undefined;
  return inDev(basename(dirname(readlinkSync(link))));
}

/** sysfs writes a slash in a device's name as an exclamation mark. */
function inDev(name: string): string {
  return `/dev/${name.replaceAll('!', '/')}`;
}

/** makedev(3): 12 bits of major above 8 of minor, the rest of minor above both. */
function majorOf(rdev: number): number {
  return Math.floor(rdev / 0x100) & 0xfff;
}

function minorOf(rdev: number): number {
  return (rdev & 0xff) | (Math.floor(rdev / 0x1000) & 0xfff00);
}
