// A past that is written in no time: samples of a machine whose clock is the test's, into real ring files.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { COLUMNS, putSample } from '../../src/metrics/archive/columns.js';
import { Recording } from '../../src/metrics/archive/recording.js';
import { openArchive, type Archive, type Sample } from '../../src/metrics/index.js';

export const T0 = Date.UTC(2026, 0, 1, 22);

/** A sample in which all that matters is the CPU. */
export const busy = (at: number, cores: number): Sample => ({
  at,
  cpu: { cores },
  memory: {},
  io: {},
  pids: {},
  pressure: { cpu: {}, memory: {}, io: {} },
  network: {},
});

export interface Past {
  readonly directory: string;
  readonly archive: Archive;
  /** of the container `web`: opened as a supervisor opens it */
  readonly open: () => Promise<Recording>;
  readonly ring: (file: string) => string;
}

export function past(test: Pick<TestContext, 'after'>): Past {
  const root = mkdtempSync(join(tmpdir(), 'tscontain-past-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  const directory = join(root, 'web', 'metrics');
  return {
    directory,
    archive: openArchive({ host: join(root, 'host'), containers: [root] }),
    open: () => {
      mkdirSync(join(root, 'web'), { recursive: true });
      return Recording.open(directory, COLUMNS);
    },
    ring: (file) => join(directory, `${file}.ring`),
  };
}

/** Adds a sample a second from `from` to `until`, flushed every ten as a recorder does it. */
export async function record(
  recording: Recording,
  from: number,
  until: number,
  cores: (at: number) => number,
): Promise<void> {
  const row = new Float64Array(COLUMNS.length);
  for (let at = from + 1000, i = 1; at <= until; at += 1000, i++) {
    putSample(busy(at, cores(at)), row);
    recording.add(at - 1000, at, row);
    if (i % 10 === 0) await recording.flush();
  }
  await recording.flush();
}
