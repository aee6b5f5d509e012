// Which block devices and network interfaces are hardware. Bytes that pass through a stack of devices (a volume of LVM upon
// a disk, a bridge upon a card) are counted by each of them; summing all would count them twice.
import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { DeviceFilter } from './proc.js';

/** Backed by memory or by a file, never by hardware of their own. */
const NOT_HARDWARE = /^(loop|ram|zram)\d/;

/** One number for both: Linux has 12 bits of major and 20 of minor. */
export const deviceKey = (major: number, minor: number): number => major * 2 ** 20 + minor;

/** What /sys says of a block device, asked once a device. Without /sys every device counts. */
export function disks(sysRoot: string): DeviceFilter {
  const known = new Map<number, boolean>();
  const isDisk = (device: string): boolean => {
    try {
      if (NOT_HARDWARE.test(basename(readlinkSync(device)))) return false;
      const parts = readdirSync(device);
      return (
        !parts.includes('partition') && (!parts.includes('slaves') || readdirSync(`${device}/slaves`).length === 0)
      );
    } catch {
      return true;
    }
  };
  return (major, minor) => {
    const key = deviceKey(major, minor);
    let answer = known.get(key);
    if (answer === undefined) {
      answer = isDisk(`${sysRoot}/dev/block/${major}:${minor}`);
      known.set(key, answer);
    }
    return answer;
  };
}

/** Names of the interfaces with no hardware below them: bridges, veth, tun, dummies. Empty where /sys does not say. */
export function virtualInterfaces(sysRoot: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(`${sysRoot}/devices/virtual/net`));
  } catch {
    return new Set();
  }
}
