// The processes of a target at a moment, as a record of fixed size: those that matter most, in 64 bytes each.
//
//   body     +0 number of processes there were  +8 the records of the first of them, MOST_PROCESSES at most
//   process  +0 pid (0: none)  +4 threads  +8 cores  +12 bytes resident  +16 bytes read a second  +20 bytes written a second
//            (floats; NaN is not measured)  +24 state  +25 length of the name  +26 name  +41 length of wchan  +42 wchan
import type { Shape } from './format.js';

export interface PastProcess {
  /** on the host */
  readonly pid: number;
  /** its comm: whatever its program chose, so never to be shown as it is */
  readonly name: string;
  /** one letter, as in /proc/PID/stat */
  readonly state: string;
  readonly threads: number;
  /** over the time since it was looked at before, or since it began */
  readonly cores?: number;
  readonly rssBytes: number;
  readonly readBytes?: number;
  readonly writeBytes?: number;
  /** the function of the kernel that it waits in, where it waits */
  readonly waitsIn?: string;
}

export interface PastProcesses {
  /** ms since the epoch: when they were looked at. What uses nothing is looked at again after five minutes only. */
  readonly at: number;
  /** how many there were in all */
  readonly count: number;
  /** those with most CPU time, memory or IO; most CPU time first */
  readonly top: readonly PastProcess[];
}

export const MOST_PROCESSES = 6;
const PROCESS_BYTES = 64;
const NAME_BYTES = 15;
const WCHAN_BYTES = 22;

export const PROCESSES_FILE = 'processes.ring';

/** A day of ten seconds each. */
export const PROCESSES_SHAPE: Shape = {
  holds: 'processes',
  stepMs: 10_000,
  records: 8640,
  bodyBytes: 8 + MOST_PROCESSES * PROCESS_BYTES,
  columns: [],
  peaks: false,
};

export function putProcesses({ count, top }: Omit<PastProcesses, 'at'>, bytes: Buffer, at: number): void {
  bytes.fill(0, at, at + PROCESSES_SHAPE.bodyBytes);
  bytes.writeUInt32LE(count, at);
  top.slice(0, MOST_PROCESSES).forEach((process, i) => {
    const place = at + 8 + i * PROCESS_BYTES;
    bytes.writeUInt32LE(process.pid, place);
    bytes.writeUInt32LE(process.threads, place + 4);
    bytes.writeFloatLE(process.cores ?? NaN, place + 8);
    bytes.writeFloatLE(process.rssBytes, place + 12);
    bytes.writeFloatLE(process.readBytes ?? NaN, place + 16);
    bytes.writeFloatLE(process.writeBytes ?? NaN, place + 20);
    bytes.write(process.state.slice(0, 1), place + 24, 1, 'latin1');
    bytes[place + 25] = bytes.write(process.name, place + 26, NAME_BYTES, 'utf8');
    bytes[place + 41] = bytes.write(process.waitsIn ?? '', place + 42, WCHAN_BYTES, 'latin1');
  });
}

export function takeProcesses(at: number, bytes: Buffer, begin: number): PastProcesses {
  const top: PastProcess[] = [];
  for (let i = 0; i < MOST_PROCESSES; i++) {
    const place = begin + 8 + i * PROCESS_BYTES;
    const pid = bytes.readUInt32LE(place);
    if (pid === 0) break;
    const text = (lengthAt: number, most: number): string =>
      bytes.toString('utf8', place + lengthAt + 1, place + lengthAt + 1 + Math.min(bytes[place + lengthAt]!, most));
    const number = (offset: number): number | undefined => {
      const value = bytes.readFloatLE(place + offset);
      return Number.isFinite(value) ? value : undefined;
    };
    const [cores, readBytes, writeBytes] = [number(8), number(16), number(20)];
    const waitsIn = text(41, WCHAN_BYTES);
    top.push({
      pid,
      name: text(25, NAME_BYTES),
      state: String.fromCharCode(bytes[place + 24]!),
      threads: bytes.readUInt32LE(place + 4),
      rssBytes: number(12) ?? 0,
      ...(cores !== undefined && { cores }),
      ...(readBytes !== undefined && { readBytes }),
      ...(writeBytes !== undefined && { writeBytes }),
      ...(waitsIn !== '' && { waitsIn }),
    });
  }
  return { at, count: bytes.readUInt32LE(begin), top };
}
