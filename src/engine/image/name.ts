// Names of images: Docker's reference grammar without registries and digests, `path/of/name:tag`. Pure.
import { TscontainError } from '../errors.js';

const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = new RegExp(`^${PART}(?:/${PART})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$`);
const MAX_LENGTH = 255;

/** The name as it is kept: with a tag, but for `base`, which is made here and has none. Throws INVALID_VALUE. */
export function imageName(text: string): string {
  if (text.length > MAX_LENGTH || !NAME.test(text)) {
    throw new TscontainError('INVALID_VALUE', `"${text}" is no name for an image`, {
      hint: 'use lower case letters, digits and . _ - between them, "/" between parts, and a tag after ":", such as tools/web:1.2',
    });
  }
  return text === BASE || text.includes(':') ? text : `${text}:latest`;
}

/** The image that is made from the host's own programs on first use. */
export const BASE = 'base';

/** A name as one file name, and back. */
export const toFileName = (name: string): string => encodeURIComponent(name);
export const fromFileName = (file: string): string => decodeURIComponent(file);

export const isId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/** Whether the text can be an image's id or the beginning of one. */
export const isIdPrefix = (text: string): boolean => /^(sha256:)?[0-9a-f]{4,64}$/.test(text);
