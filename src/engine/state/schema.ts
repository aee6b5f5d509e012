// From the bytes of a state file to its type. Damage is told apart from what a newer version of the program wrote. Pure.
import { TscontainError } from '../errors.js';
import { CONTAINER_NAME } from '../grammar/names.js';
import type { ContainerConfig, ContainerState, Status } from '../model.js';
import type { Endpoints, NetworkConfig } from '../network/model.js';

const STATUSES: ReadonlySet<unknown> = new Set<Status>([
  'created',
  'running',
  'paused',
  'restarting',
  'removing',
  'exited',
  'dead',
]);

/** @throws TscontainError STATE_CORRUPT, NOT_SUPPORTED (a newer schema: nothing is wrong with the file) */
export function parseConfig(text: string, path: string, id: string): ContainerConfig {
  const value = parseObject(text, path);
  const fault =
    value['id'] !== id
      ? 'its id is not that of its directory'
      : typeof value['name'] !== 'string' || !CONTAINER_NAME.test(value['name'])
        ? 'it has no valid name'
        : !isStrings(value['argv']) || value['argv'].length === 0
          ? 'it has no command'
          : [value['image'], value['limits'], value['restartPolicy'], value['log']].some((part) => !isObject(part))
            ? 'a part of it is missing'
            : ![value['env'], value['mounts'], value['ulimits'], value['devices']].every(Array.isArray)
              ? 'a list of it is missing'
              : undefined;
  if (fault !== undefined) throw corrupt(path, fault);
  return value as unknown as ContainerConfig;
}

/** @throws TscontainError STATE_CORRUPT, NOT_SUPPORTED */
export function parseState(text: string, path: string): ContainerState {
  const value = parseObject(text, path);
  if (!STATUSES.has(value['status'])) throw corrupt(path, 'it has no valid status');
  const init = value['init'];
  if (init !== undefined && !(isObject(init) && isCount(init['pid']) && isCount(init['startTime'])))
    throw corrupt(path, 'its init is not a process');
  return value as unknown as ContainerState;
}

/** @throws TscontainError STATE_CORRUPT, NOT_SUPPORTED */
export function parseNetwork(text: string, path: string, id: string): NetworkConfig {
  const value = parseObject(text, path);
  const fault =
    value['id'] !== id
      ? 'its id is not that of its directory'
      : ![value['name'], value['interfaceName'], value['driver']].every((part) => typeof part === 'string')
        ? 'it has no name'
        : !Array.isArray(value['subnets']) || value['subnets'].length === 0 || !value['subnets'].every(isSubnet)
          ? 'it has no subnet'
          : [value['labels'], value['options']].some((part) => !isObject(part))
            ? 'a part of it is missing'
            : undefined;
  if (fault !== undefined) throw corrupt(path, fault);
  return value as unknown as NetworkConfig;
}

/** @throws TscontainError STATE_CORRUPT, NOT_SUPPORTED */
export function parseEndpoints(text: string, path: string): Endpoints {
  const value = parseObject(text, path);
  if (typeof value['bootId'] !== 'string') throw corrupt(path, 'it does not say of which boot it is');
  if (!Array.isArray(value['endpoints']) || !value['endpoints'].every(isEndpoint))
    throw corrupt(path, 'it does not say who is on the network');
  return value as unknown as Endpoints;
}

function isSubnet(value: unknown): boolean {
  return isObject(value) && typeof value['subnet'] === 'string' && typeof value['gateway'] === 'string';
}

function isEndpoint(value: unknown): boolean {
  return (
    isObject(value) &&
    ['container', 'name', 'ipv4Address', 'macAddress'].every((field) => typeof value[field] === 'string') &&
    isStrings(value['names']) &&
    Array.isArray(value['ports'])
  );
}

export function parseObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(path, text.trim() === '' ? 'it is empty' : 'it is not JSON', error);
  }
  if (!isObject(value)) throw corrupt(path, 'it is not an object');
  const schema = value['schema'];
  if (typeof schema === 'number' && schema > 1)
    throw new TscontainError('NOT_SUPPORTED', `${path} was written by a newer version (schema ${schema})`, {
      hint: 'use that version of tscontain for this state directory',
    });
  if (schema !== 1) throw corrupt(path, 'it has no schema number');
  return value;
}

export function corrupt(path: string, fault: string, cause?: unknown): TscontainError {
  return new TscontainError('STATE_CORRUPT', `${path} cannot be understood: ${fault}`, {
    cause,
    hint: 'opening the dashboard puts it aside, keeps it, and says where',
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
