// Which devices a container may open and make: an allow list as data, and its lines for cgroup v1. Pure.
// v2 has no files for it and wants a program: device-filter.ts. Kernel: Documentation/admin-guide/cgroup-v1/devices.rst.

/** What may be done with devices of a kind; everything that no rule allows is denied. */
export interface DeviceRule {
  /** block or character devices */
  readonly type: 'b' | 'c';
  /** absent is every major */
  readonly major?: number;
  /** absent is every minor */
  readonly minor?: number;
  /** read, write, mknod: a subset of "rwm" */
  readonly access: string;
}

/** What every container gets, as in Docker: any node may be made, and these opened. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  { type: 'c', access: 'm' },
  { type: 'b', access: 'm' },
  // null, zero, full, random, urandom
  ...[3, 5, 7, 8, 9].map((minor): DeviceRule => ({ type: 'c', major: 1, minor, access: 'rwm' })),
  // tty (the process's own terminal), ptmx, and the slaves of every devpts
  { type: 'c', major: 5, minor: 0, access: 'rwm' },
  { type: 'c', major: 5, minor: 2, access: 'rwm' },
  { type: 'c', major: 136, access: 'rwm' },
];

/** Lines for devices.allow, one write(2) each, after "a" was written to devices.deny. */
export function deviceAllowLines(rules: readonly DeviceRule[]): string[] {
  return rules.map(({ type, major, minor, access }) => `${type} ${major ?? '*'}:${minor ?? '*'} ${access}`);
}
