// volume create: an empty volume. One that is there already is the one that was wanted.
import { randomBytes } from 'node:crypto';
import { TscontainError } from '../errors.js';
import { parseLabel } from '../grammar/environment.js';
import { parseVolumeName } from '../grammar/names.js';
import { shown, wrong } from '../grammar/wrong.js';
import { putVolume, readVolume } from './files.js';
import { ANONYMOUS_LABEL, type VolumeConfig, type VolumeSpec } from './model.js';
import { tellVolume, type VolumeParts } from './parts.js';
import { sizeLimit } from './quota.js';

/** A name for a volume that nobody gives one. */
export const nameVolume = (): string => randomBytes(32).toString('hex');

/**
 * What a volume of that spec is.
 * @throws TscontainError INVALID_VALUE, NOT_SUPPORTED (options of Docker's that mount something)
 */
export function configureVolume(spec: VolumeSpec, created: string): VolumeConfig {
  const name = spec.name === undefined ? nameVolume() : parseVolumeName(spec.name);
  const labels = { ...spec.labels, ...(spec.name === undefined ? { [ANONYMOUS_LABEL]: '' } : {}) };
  for (const key of Object.keys(labels)) {
    if (key.includes('=')) throw wrong('the label', key, 'a key has no = in it');
    parseLabel(key);
  }
  const { options = {} } = spec;
  requireKnownOptions(options);
  return { schema: 1, name, created, driver: 'local', labels, options };
}

/** Docker mounts a device, a directory or a network file system there; here that is mounted where it is used. */
const MOUNTING = new Set(['type', 'device', 'o']);

export function requireKnownOptions(options: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(options)) {
    if (key === 'size') continue;
    if (!MOUNTING.has(key)) throw wrong('the option', key, 'a volume has one, size=10g');
    throw new TscontainError('NOT_SUPPORTED', `a volume has no option ${shown(key)}: it mounts nothing itself`, {
      hint: 'mount a directory with -v /path:/target, memory with --tmpfs /target, anything else on the host first',
    });
  }
  sizeLimit(options);
}

/** @throws TscontainError INVALID_VALUE, NAME_IN_USE (one of other options), NOT_SUPPORTED, NO_SPACE, READ_ONLY … */
export async function createVolume({ store }: VolumeParts, spec: VolumeSpec): Promise<VolumeConfig> {
  const { root } = store;
  const config = configureVolume(spec, new Date().toISOString());
  if (await putVolume(root, config)) {
    tellVolume(root, config.name, 'create');
    return config;
  }
  const there = readVolume(root, config.name);
  if (Object.keys(config.options).length > 0 && !isAlike(config.options, there.options))
    throw new TscontainError('NAME_IN_USE', `there is a volume ${config.name}, with other options`, {
      hint: 'choose another name, or leave the options out to take it as it is',
    });
  return there;
}

function isAlike(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => a[key] === b[key]);
}
