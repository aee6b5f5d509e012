// What planning the writes of limits has in common for v1 and v2. Pure: the cgroup is seen through CgroupView.
import { TscontainError } from '../errors.js';
import { checkedList, invalid, pidsMax, type DeviceRate, type Limits } from './limits.js';

/** One file to write in a container's cgroup, in the order given. */
export interface Write {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
}

/** What planning must know of the cgroup and its host: small enough to be a map in a test. */
export interface CgroupView {
  /** The content of a file of the cgroup; undefined where it does not exist. */
  read(controller: string, file: string): string | undefined;
  /** Why a controller is not to be had, as a clause; undefined where it is there. */
  missing(controller: string): string | undefined;
  /** CPUs or memory nodes that the host has, as a list such as "0-3". */
  available(kind: 'cpus' | 'mems'): string;
  /** "major:minor" of a whole block device. @throws TscontainError NO_SUCH_PATH, INVALID_VALUE */
  deviceNumber(path: string): string;
  /** The path in /dev of "major:minor". */
  devicePath(number: string): string;
}

/** The writes of one controller for the limits that are its own. */
export interface Section {
  readonly controller: string;
  readonly fields: readonly (keyof Limits)[];
  readonly plan: (limits: Limits, view: CgroupView) => Write[];
}

export const FIELDS = {
  memory: ['memory', 'memoryHigh', 'memoryReservation', 'memorySwap', 'memorySwappiness', 'oomKillDisable'],
  cpu: ['nanoCpus', 'cpuPeriod', 'cpuQuota', 'cpuShares'],
  cpuset: ['cpusetCpus', 'cpusetMems'],
  pids: ['pidsLimit'],
  io: ['blkioWeight', 'deviceReadBps', 'deviceWriteBps', 'deviceReadIOps', 'deviceWriteIOps'],
} as const satisfies Record<string, readonly (keyof Limits)[]>;

/**
 * Plans every section that the limits touch.
 * @throws TscontainError CONTROLLER_MISSING for a wish whose controller is not there; "no limit" needs none
 */
export function planSections(sections: readonly Section[], limits: Limits, view: CgroupView): Write[] {
  return sections.flatMap((section) => {
    if (!section.fields.some((field) => limits[field] !== undefined)) return [];
    const reason = view.missing(section.controller);
    if (reason === undefined) return section.plan(limits, view);
    const wish = section.fields.find((field) => asksSomething(limits[field]));
    if (wish === undefined) return [];
    throw controllerMissing(section.controller, reason, flagOf(wish));
  });
}

export function asksForCpuset(limits: Limits): boolean {
  return FIELDS.cpuset.some((field) => asksSomething(limits[field]));
}

/** Whether a field limits something, as against "none" said aloud. */
function asksSomething(value: Limits[keyof Limits]): boolean {
  if (typeof value === 'number') return value > 0;
  if (typeof value === 'object') return value.length > 0;
  return value !== undefined && value !== '' && value !== false;
}

/** The flag that sets a field: what a person typed. */
function flagOf(field: keyof Limits): string {
  if (field === 'nanoCpus') return 'cpus';
  return field.replace(/[A-Z]+/g, (capitals) => `-${capitals.toLowerCase()}`);
}

export function controllerMissing(controller: string, reason: string, wish: string): TscontainError {
  return new TscontainError('CONTROLLER_MISSING', `${wish} needs the cgroup controller ${controller}: ${reason}`, {
    hint: `Leave ${wish} out, or give this host the controller ${controller}.`,
  });
}

/** For a wish that a controller, although it is there, cannot fulfil on this kernel. */
export function notSupported(wish: keyof Limits, why: string): TscontainError {
  return new TscontainError('NOT_SUPPORTED', `${flagOf(wish)} is not possible on this host: ${why}`, {
    hint: `Leave ${flagOf(wish)} out.`,
  });
}

/** The four throttles, with their file in v1 and their key in v2's io.max. */
export const THROTTLES = [
  { field: 'deviceReadBps', file: 'blkio.throttle.read_bps_device', key: 'rbps' },
  { field: 'deviceWriteBps', file: 'blkio.throttle.write_bps_device', key: 'wbps' },
  { field: 'deviceReadIOps', file: 'blkio.throttle.read_iops_device', key: 'riops' },
  { field: 'deviceWriteIOps', file: 'blkio.throttle.write_iops_device', key: 'wiops' },
] as const;
export type Throttle = (typeof THROTTLES)[number];

/**
 * What to set and what to clear (rate undefined), so that exactly `rates` are in force.
 * @param inForce "major:minor" of the devices limited now
 */
export function throttleChanges(
  throttle: Throttle,
  rates: readonly DeviceRate[],
  inForce: readonly string[],
  view: CgroupView,
): { device: string; rate: number | undefined }[] {
  // The kernel keeps operations a second in 32 bits and silently cuts off what is above.
  const most = throttle.key.endsWith('iops') ? 0xffff_ffff : Number.MAX_SAFE_INTEGER;
  const wanted = new Map<string, number>();
  for (const { path, rate } of rates) {
    if (!Number.isInteger(rate) || rate < 1 || rate > most)
      throw invalid(flagOf(throttle.field), `${path}:${rate}`, `give 1 to ${most} a second`);
    wanted.set(view.deviceNumber(path), rate);
  }
  const cleared = inForce.filter((device) => !wanted.has(device));
  return [
    ...cleared.map((device) => ({ device, rate: undefined })),
    ...[...wanted].map(([device, rate]) => ({ device, rate })),
  ];
}

/**
 * The files of cpuset are alike in both versions. "" is written as all that the host has, since the kernel takes no empty
 * list while processes are inside; a cgroup that has no list, or is not in the tree of v1, has nothing to clear.
 */
export const CPUSET: Section = {
  controller: 'cpuset',
  fields: FIELDS.cpuset,
  plan: (limits, view) => [
    ...cpusetWrite('cpus', 'cpusetCpus', limits, view),
    ...cpusetWrite('mems', 'cpusetMems', limits, view),
  ],
};

function cpusetWrite(
  kind: 'cpus' | 'mems',
  field: 'cpusetCpus' | 'cpusetMems',
  limits: Limits,
  view: CgroupView,
): Write[] {
  const list = limits[field];
  const file = `cpuset.${kind}`;
  if (list === undefined) return [];
  // v2 takes CPUs that the host does not have, and then limits nothing: hence the check.
  const available = view.available(kind);
  if (list !== '') return [{ controller: 'cpuset', file, value: checkedList(flagOf(field), list, available) }];
  const hasList = (view.read('cpuset', file)?.trim() ?? '') !== '';
  return hasList ? [{ controller: 'cpuset', file, value: available }] : [];
}

export function readCpuset(view: CgroupView): Pick<Limits, 'cpusetCpus' | 'cpusetMems'> {
  const read = (kind: 'cpus' | 'mems') => {
    const list = view.read('cpuset', `cpuset.${kind}`)?.trim();
    return list === view.available(kind) ? '' : list;
  };
  const [cpus, mems] = [read('cpus'), read('mems')];
  return { ...(cpus === undefined ? {} : { cpusetCpus: cpus }), ...(mems === undefined ? {} : { cpusetMems: mems }) };
}

export const PIDS: Section = {
  controller: 'pids',
  fields: FIELDS.pids,
  plan: ({ pidsLimit }) =>
    pidsLimit === undefined ? [] : [{ controller: 'pids', file: 'pids.max', value: pidsMax(pidsLimit) }],
};
