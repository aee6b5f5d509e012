// From the bytes of a volume's file to its type. Pure.
import { parseObject, corrupt, isObject } from '../state/schema.js';
import type { VolumeConfig } from './model.js';

const isTexts = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((each) => typeof each === 'string');

/** @throws TscontainError STATE_CORRUPT, NOT_SUPPORTED (a newer schema: nothing is wrong with the file) */
export function parseVolumeConfig(text: string, path: string, name: string): VolumeConfig {
  const value = parseObject(text, path);
  const fault =
    value['name'] !== name
      ? 'its name is not that of its directory'
      : typeof value['created'] !== 'string'
        ? 'it does not say when it was made'
        : !isTexts(value['labels']) || !isTexts(value['options'])
          ? 'its labels or its options are no texts'
          : undefined;
  if (fault !== undefined) throw corrupt(path, fault);
  return value as unknown as VolumeConfig;
}
