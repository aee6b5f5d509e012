// A past that is written in no time: samples of a machine whose clock is the test's, into real ring files.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Recording } from '../../src/metrics/archive/recording.js';
import { writeTogether } from '../../src/metrics/archive/write-together.js';
import { openArchive, type Archive, type Sample } from '../../src/metrics/index.js';
import { COLUMNS, type Column } from '../../src/metrics/row.js';

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

/** Where each column stands in a sample. */
const NUMBERS: Readonly<Record<Column, (sample: Sample) => number | undefined>> = {
  'cpu.cores': ({ cpu }) => cpu.cores,
  'cpu.user': ({ cpu }) => cpu.userCores,
  'cpu.system': ({ cpu }) => cpu.systemCores,
  'cpu.limitCores': ({ cpu }) => cpu.limitCores,
  'cpu.throttledPercent': ({ cpu }) => cpu.throttledPercent,
  'cpu.throttledMs': ({ cpu }) => cpu.throttledMsPerSecond,
  'memory.used': ({ memory }) => memory.used,
  'memory.anon': ({ memory }) => memory.anon,
  'memory.file': ({ memory }) => memory.file,
  'memory.kernel': ({ memory }) => memory.kernel,
  'memory.swap': ({ memory }) => memory.swap,
  'memory.limit': ({ memory }) => memory.limit,
  'memory.dirty': ({ memory }) => memory.dirty,
  'memory.refaults': ({ memory }) => memory.refaults,
  'memory.majorFaults': ({ memory }) => memory.majorFaults,
  'memory.limitHits': ({ memory }) => memory.limitHits,
  'memory.reclaimed': ({ memory }) => memory.reclaimed,
  'io.readBytes': ({ io }) => io.readBytes,
  'io.writeBytes': ({ io }) => io.writeBytes,
  'io.readOps': ({ io }) => io.readOps,
  'io.writeOps': ({ io }) => io.writeOps,
  'pids.current': ({ pids }) => pids.current,
  'pids.limit': ({ pids }) => pids.limit,
  'pressure.cpu.some': ({ pressure }) => pressure.cpu.some,
  'pressure.cpu.full': ({ pressure }) => pressure.cpu.full,
  'pressure.memory.some': ({ pressure }) => pressure.memory.some,
  'pressure.memory.full': ({ pressure }) => pressure.memory.full,
  'pressure.io.some': ({ pressure }) => pressure.io.some,
  'pressure.io.full': ({ pressure }) => pressure.io.full,
  oomKills: ({ oomKills }) => oomKills,
  'network.rxBytes': ({ network }) => network.rxBytes,
  'network.txBytes': ({ network }) => network.txBytes,
  'network.rxPackets': ({ network }) => network.rxPackets,
  'network.txPackets': ({ network }) => network.txPackets,
  'network.drops': ({ network }) => network.drops,
  'network.errors': ({ network }) => network.errors,
};

/** The numbers of a sample as they go into rings and files. */
export const rowOf = (sample: Sample): Float64Array =>
  Float64Array.from(COLUMNS, (column) => NUMBERS[column](sample) ?? NaN);

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

/** Writes what is not to wait, as a recorder does it. */
export async function flush(recording: Recording): Promise<void> {
  for (const failure of await writeTogether(recording.take())) if (failure !== undefined) throw failure;
}

/** Adds a sample a second from `from` to `until`, flushed every ten as a recorder does it. */
export async function record(
  recording: Recording,
  from: number,
  until: number,
  cores: (at: number) => number,
): Promise<void> {
  for (let at = from + 1000, i = 1; at <= until; at += 1000, i++) {
    recording.add(at - 1000, at, rowOf(busy(at, cores(at))));
    if (i % 10 === 0) await flush(recording);
  }
  await flush(recording);
}
