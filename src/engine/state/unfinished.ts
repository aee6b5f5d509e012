// What was being made or removed in a directory by a process that is no more: it stands there under its maker's name.
import { readdirSync } from 'node:fs';
import { processRuns } from '../../native/index.js';
import { errnoOf, fileError } from './file-errors.js';
import { parseMakerName, type Unfinished } from './layout.js';

export interface LeftUnfinished extends Unfinished {
  /** its name in the directory */
  readonly entry: string;
}

/** @param doing for the sentence of what the directory is read for @throws TscontainError */
export function* leftUnfinished(directory: string, doing: string): Generator<LeftUnfinished> {
  let entries: string[];
  try {
    entries = readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw fileError(error, doing);
  }
  for (const entry of entries) {
    const unfinished = parseMakerName(entry);
    if (unfinished === undefined || processRuns(unfinished.maker.pid, unfinished.maker.startTime)) continue;
    yield { ...unfinished, entry };
  }
}
