// What of /proc and /sys a container must not see or change: Docker's lists, and which of them this host has.
import { existsSync, readdirSync } from 'node:fs';

const MASKED_FILES = [
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/timer_list',
  '/proc/timer_stats',
];

const MASKED_DIRECTORIES = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/scsi',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** How often each CPU was throttled tells what the neighbours do. */
const throttling = (cpu: string): string => `/sys/devices/system/cpu/${cpu}/thermal_throttle`;

let cpus: readonly string[] | undefined;

function processors(): readonly string[] {
  cpus ??= readdirSync('/sys/devices/system/cpu').filter((name) => /^cpu\d+$/.test(name));
  return cpus;
}

/** The lists, less what is not there: looked up anew at each start, for a module may bring it any time. */
export function hiddenPaths(): { masked: { files: string[]; directories: string[] }; readOnly: string[] } {
  return {
    masked: {
      files: MASKED_FILES.filter((path) => existsSync(path)),
      directories: [...MASKED_DIRECTORIES, ...processors().map(throttling)].filter((path) => existsSync(path)),
    },
    readOnly: READ_ONLY.filter((path) => existsSync(path)),
  };
}
