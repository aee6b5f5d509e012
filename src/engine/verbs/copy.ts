// diff, cp and stat: the files of a container, running or not.
import { TscontainError } from '../errors.js';
import type { Change } from '../model.js';
import type { Parts } from './parts.js';

const missing = () => Promise.reject(new TscontainError('NOT_SUPPORTED', 'not there yet'));
export const diff = (_parts: Parts, _ref: string): Promise<Change[]> => missing();
export const copyFrom = (
  _parts: Parts,
  _ref: string,
  _path: string,
): Promise<{ stream: NodeJS.ReadableStream; isDirectory: boolean; name: string }> => missing();
export const copyTo = (_parts: Parts, _ref: string, _path: string, _tar: NodeJS.ReadableStream): Promise<void> =>
  missing();
export const stat = (_parts: Parts, _ref: string, _path: string): Promise<undefined> => missing();
