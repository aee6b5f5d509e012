// One run of a container: from the launch of its init to its end, with its streams and its log.
import type { CgroupPaths } from '../model.js';
import type { Audience } from './audience.js';
import type { LogWriter } from './log-writer.js';
import type { Streams } from './stdio.js';

/** How a process ended, as far as it is known. */
export interface Ending {
  /** 0..255, 128+n for a signal; undefined when nobody can say any more */
  readonly exitCode: number | undefined;
}

export interface Run {
  readonly pid: number;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly cgroup: CgroupPaths;
  readonly streams: Streams;
  readonly log: LogWriter;
  /** the end of input of the clients that were attached at the start is the container's */
  readonly inputEnds: boolean;
  /** kills for memory that its cgroup had counted before; undefined where memory is not accounted */
  readonly oomKillsBefore: number | undefined;
  /** Resolves when the init has died and was reaped. */
  readonly ended: Promise<Ending>;
}

/** Reads what the container writes into its log and to whoever is attached. The disk may hold it up, a client never. */
export function deliverOutput({ streams, log }: Pick<Run, 'streams' | 'log'>, audience: Audience): void {
  let held = false;
  const { tty } = streams;
  const goOn = () => {
    if (!held || log.isBehind || audience.isBehind) return;
    held = false;
    streams.resume();
  };
  log.onDrain(goOn);
  audience.onProgress(goOn);
  streams.read((stream, chunk) => {
    log.write(stream, chunk);
    audience.send(stream, chunk, { tty });
    if (held || !(log.isBehind || audience.isBehind)) return;
    held = true;
    streams.pause();
  });
}

/** After the end of the init every writer is gone, but for a descriptor that was handed out of the container. */
const DRAIN_MS = 1_000;

/** Takes the last of the output, and lets go of the streams and the log. */
export async function finishOutput({ streams, log }: Pick<Run, 'streams' | 'log'>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, DRAIN_MS)));
  await Promise.race([streams.drained, patience]);
  clearTimeout(timer);
  streams.close();
  await log.close();
}
