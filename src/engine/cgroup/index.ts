// The door of cgroups: what kind of host this is, and one driver for its containers' cgroups.
// May be imported by the engine. Tests: test/pure/engine/cgroup/, test/container/cgroup*.
import type { CgroupDriver } from './driver.js';
import { detectCgroupHost, type CgroupHost } from './host.js';
import { V1Driver } from './v1.js';
import { V2Driver } from './v2.js';

export { DEFAULT_DEVICE_RULES, type DeviceRule } from './devices.js';
export {
  SUPERVISORS,
  type CgroupDriver,
  type CgroupPaths,
  type CgroupState,
  type CgroupWatch,
  type Join,
} from './driver.js';
export { detectCgroupHost, parseCgroupHost, type CgroupHost } from './host.js';
export { FIELDS } from './plan.js';
export { mergeLimits, UNLIMITED, type DeviceRate, type Limits } from './limits.js';

/** @throws TscontainError CONTROLLER_MISSING where no cgroup tree is mounted */
export function openCgroupDriver(host: CgroupHost = detectCgroupHost()): CgroupDriver {
  return host.kind === 'v2' ? new V2Driver(host) : new V1Driver(host);
}
