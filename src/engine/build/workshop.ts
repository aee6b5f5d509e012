// Where a build keeps what it needs only while it lasts: directories below containers/ with the name of one that is being made, so
// that whoever comes after a crash clears them away with everything in them, processes too (recover.ts).
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { startTimeOf } from '../../native/index.js';
import { deleteTree } from '../state/delete-tree.js';
import { layout, makerName } from '../state/layout.js';
import { makeDirectory } from '../state/make-directory.js';

export interface WorkPlace {
  /** 64 hexadecimal digits */
  readonly id: string;
  /** its name below containers/ */
  readonly name: string;
  /** absolute */
  readonly directory: string;
  close(): Promise<void>;
}

export function openWorkPlace(root: string): WorkPlace {
  makeDirectory(layout.containers(root));
  const id = randomBytes(32).toString('hex');
  const name = makerName('new', { pid: process.pid, startTime: startTimeOf(process.pid) ?? 0 }, id);
  const directory = layout.container(root, name);
  mkdirSync(directory, { mode: 0o700 });
  return { id, name, directory, close: () => deleteTree(directory) };
}
