// What is written down of one target: every row into the finest ring, and put together into the coarser ones.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlacedBytes } from '../../native/index.js';
import { RECORD_HEAD_BYTES } from './format.js';
import { PROCESSES_FILE, PROCESSES_SHAPE, putProcesses, type PastProcesses } from './processes.js';
import { RINGS, shapeOf } from './rings.js';
import { RingWriter } from './ring-writer.js';
import { Steps } from './steps.js';
import { writeTogether } from './write-together.js';

/** Rows that gather until they are written, and a few more while the disk is slow. */
const FINE_ROOM = 30;
const COARSE_ROOM = 10;
/**
 * Records of coarser rings gather until they stand for so much: what is not written of them yet is read from the finer ring by
 * those who look, and made again from it by the next who writes.
 */
const COARSE_GATHERS_MS = 60_000;
/** Rows of a finer ring that a step which was not finished is made from again, at most. */
const MOST_READ_BACK = 700;

export class Recording {
  private readonly steps: readonly Steps[];
  private readonly all: readonly RingWriter[];

  private constructor(
    readonly columns: readonly string[],
    private readonly rings: readonly RingWriter[],
    private readonly processes: RingWriter,
  ) {
    this.all = [...rings, processes];
    this.steps = RINGS.slice(1).map(
      ({ stepMs }, i) =>
        new Steps(stepMs, columns.length, (from, to, means, peaks) => this.put(i + 1, from, to, means, peaks)),
    );
  }

  /** @param directory made when it is not there, its parent never: that is a container's, and may be gone */
  static async open(directory: string, columns: readonly string[]): Promise<Recording> {
    await mkdir(directory, { mode: 0o700 }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    const rings: RingWriter[] = [];
    let processes: RingWriter | undefined;
    try {
      for (const plan of RINGS) {
        const room = plan.peaks ? COARSE_ROOM : FINE_ROOM;
        rings.push(await RingWriter.open(join(directory, plan.file), shapeOf(plan, columns), room));
      }
      processes = await RingWriter.open(join(directory, PROCESSES_FILE), PROCESSES_SHAPE, COARSE_ROOM);
      const recording = new Recording(columns, rings, processes);
      await recording.resume();
      return recording;
    } catch (error) {
      await processes?.close().catch(() => undefined);
      await Promise.all(rings.map((ring) => ring.close().catch(() => undefined)));
      throw error;
    }
  }

  add(from: number, to: number, row: Float64Array): void {
    this.put(0, from, to, row, row);
  }

  addProcesses(at: number, processes: Omit<PastProcesses, 'at'>): void {
    const { stepMs } = PROCESSES_SHAPE;
    this.processes.append(at - stepMs, at, (bytes, place) => putProcesses(processes, bytes, place));
  }

  /** What is not to wait any longer, to be written by whoever asks; before the next is asked for or it is closed. */
  take(): readonly PlacedBytes[] {
    return this.all.flatMap((ring) => (ring.gatheredMs >= gathersMs(ring) ? ring.take() : []));
  }

  /** @throws why the last of it could not be written */
  async close(): Promise<void> {
    const failures = await writeTogether(this.all.flatMap((ring) => ring.take()));
    for (const ring of this.all) await ring.close();
    const failure = failures.find((each) => each !== undefined);
    if (failure !== undefined) throw failure;
  }

  private put(index: number, from: number, to: number, means: Float64Array, peaks: Float64Array): void {
    const ring = this.rings[index]!;
    ring.append(from, to, (bytes, at) => {
      for (let column = 0; column < means.length; column++) bytes.writeFloatLE(means[column]!, at + 4 * column);
      if (!ring.shape.peaks) return;
      const peaksAt = at + 4 * means.length;
      for (let column = 0; column < peaks.length; column++) bytes.writeFloatLE(peaks[column]!, peaksAt + 4 * column);
    });
    this.steps[index]?.add(from, to, means, peaks);
  }

  /** The steps that were not finished when somebody stopped writing are begun again with what the finer rings have of them. */
  private async resume(): Promise<void> {
    for (let index = this.steps.length - 1; index >= 0; index--) {
      const finer = this.rings[index]!;
      for (const { head, bytes } of await finer.readBack(this.rings[index + 1]!.end, MOST_READ_BACK)) {
        const row = (begin: number): Float64Array =>
          Float64Array.from(this.columns, (_, i) => bytes.readFloatLE(RECORD_HEAD_BYTES + 4 * (begin + i)));
        const means = row(0);
        this.steps[index]!.add(head.from, head.to, means, finer.shape.peaks ? row(this.columns.length) : means);
      }
    }
  }
}

const gathersMs = ({ shape }: RingWriter): number => (shape.peaks ? COARSE_GATHERS_MS : 1);
