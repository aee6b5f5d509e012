// update: limits and restart policy, in force at once and for later starts; all of it or nothing.
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { FIELDS, mergeLimits, type CgroupPaths } from '../cgroup/index.js';
import { TscontainError } from '../errors.js';
import type { Container, ContainerConfig, Limits, RestartPolicy } from '../model.js';
import { requireMove } from '../states.js';
import { checkedRestartPolicy, limitProblems, requireNoProblems } from '../validate.js';
import { tellSupervisor } from './looking-after.js';
import { tell, type Parts } from './parts.js';

export interface UpdateChange {
  readonly limits?: Partial<Limits>;
  readonly restartPolicy?: RestartPolicy;
}

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, INVALID_VALUE, CONTROLLER_MISSING */
export async function update(parts: Parts, ref: string, change: UpdateChange): Promise<Container> {
  const { store } = parts;
  const id = store.resolve(ref);
  const updated = await store.withLock(id, async () => {
    const container = store.load(id);
    requireMove('update', { name: container.config.name, status: container.state.status });
    const config = changedConfig(container.config, change);
    if (change.limits !== undefined) await putInForce(parts, container, config.limits);
    try {
      await store.writeConfig(config);
    } catch (error) {
      if (change.limits !== undefined) await putInForce(parts, container, container.config.limits);
      throw error;
    }
    tell(parts, container, 'update', toldChanges(container.config.limits, config.limits));
    return store.load(id);
  });
  await tellSupervisor(parts, updated);
  return updated;
}

function changedConfig(config: ContainerConfig, { limits, restartPolicy }: UpdateChange): ContainerConfig {
  const changed: ContainerConfig = {
    ...config,
    ...(limits === undefined ? {} : { limits: mergeLimits(config.limits, limits) }),
    ...(restartPolicy === undefined ? {} : { restartPolicy: checkedRestartPolicy(restartPolicy) }),
  };
  requireNoProblems(limitProblems(changed.limits, cpus().length));
  if (changed.autoRemove && changed.restartPolicy.name !== 'no')
    throw new TscontainError(
      'INVALID_VALUE',
      `container ${config.name} is removed when it ends, so it cannot be restarted ${changed.restartPolicy.name}`,
    );
  return changed;
}

/**
 * What an event says of changed limits: each under its own name as it is now and, with ".before", as it was, in JSON; what was
 * or is not set is not there. The parts of the CPU quota, which mean nothing without each other, come together.
 */
export function toldChanges(before: Limits, after: Limits): Record<string, string> {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Limits)[]);
  const changed = [...fields].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  const cpu: readonly (keyof Limits)[] = FIELDS.cpu;
  const told = changed.some((field) => cpu.includes(field)) ? [...changed, ...cpu] : changed;
  const attributes: Record<string, string> = {};
  for (const field of told) {
    if (after[field] !== undefined) attributes[field] = JSON.stringify(after[field]);
    if (before[field] !== undefined) attributes[`${field}.before`] = JSON.stringify(before[field]);
  }
  return attributes;
}

/** What the kernel holds it to; a field that this host cannot limit is absent. Empty while it has no cgroup. */
export function limitsInForce({ store, driver }: Parts, ref: string): Limits {
  const { cgroup } = store.load(store.resolve(ref));
  return hasCgroup(cgroup) ? driver.readLimits(cgroup) : {};
}

async function putInForce({ driver }: Parts, { cgroup }: Container, limits: Limits): Promise<void> {
  // After a reboot it has none until it is started, which makes it with the limits of then.
  if (hasCgroup(cgroup)) await driver.update(cgroup, limits);
}

function hasCgroup({ unified, controllers }: CgroupPaths): boolean {
  return [...(unified === undefined ? [] : [unified]), ...Object.values(controllers)].some((path) => existsSync(path));
}
