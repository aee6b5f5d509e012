// The disk that containers write to, as limits of rates name it: the whole disk below the state directory; what it can do.
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** @returns such as "/dev/vda"; undefined where the directory lies on no block device (overlay, tmpfs, network) */
export function diskBelow(directory: string): string | undefined {
  try {
    const { dev } = statSync(directory);
    // The kernel's encoding in stat(2): 12 bits of major around 20 of minor (makedev(3)).
    const major = ((dev >> 8) & 0xfff) | Number((BigInt(dev) >> 32n) & 0xfffff000n);
    const minor = (dev & 0xff) | Number((BigInt(dev) >> 12n) & 0xffffff00n);
    const path = `/sys/dev/block/${major}:${minor}`;
    if (!existsSync(path)) return undefined;
    const target = readlinkSync(path);
    // Rates are limited for whole disks; a partition stands in the directory of its disk.
    const name = existsSync(`${path}/partition`) ? basename(dirname(target)) : basename(target);
    const uevent = readFileSync(`${path}/uevent`, 'utf8');
    return name === '' || uevent === '' ? undefined : `/dev/${name.replaceAll('!', '/')}`;
  } catch {
    return undefined;
  }
}

/**
 * Whether a share of a disk does anything: it takes a scheduler that knows weights, BFQ on the disk itself or the io.cost
 * model of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). Where neither is, the kernel takes weights and ignores them.
 */
export function weightsWork(disk: string): boolean {
  const name = disk.replace('/dev/', '').replaceAll('/', '!');
  return (
    /\[bfq\]/.test(textOf(`/sys/block/${name}/queue/scheduler`)) ||
    /\benable=1\b/.test(textOf('/sys/fs/cgroup/io.cost.qos'))
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
