// What is written down of one target: every row into the finest ring, and put together into the coarser ones.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RECORD_HEAD_BYTES } from './format.js';
import { RINGS, shapeOf } from './rings.js';
import { RingWriter } from './ring-writer.js';
import { Steps } from './steps.js';

/** Rows that gather until they are written, and a few more while the disk is slow. */
const FINE_ROOM = 30;
const COARSE_ROOM = 4;
/** Rows of a finer ring that a step which was not finished is made from again, at most. */
const MOST_READ_BACK = 700;

export class Recording {
  private readonly steps: readonly Steps[];

  private constructor(
    readonly columns: readonly string[],
    private readonly rings: readonly RingWriter[],
  ) {
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
    try {
      for (const plan of RINGS) {
        const room = plan.peaks ? COARSE_ROOM : FINE_ROOM;
        rings.push(await RingWriter.open(join(directory, plan.file), shapeOf(plan, columns), room));
      }
      const recording = new Recording(columns, rings);
      await recording.resume();
      return recording;
    } catch (error) {
      await Promise.all(rings.map((ring) => ring.close().catch(() => undefined)));
      throw error;
    }
  }

  add(from: number, to: number, row: Float64Array): void {
    this.put(0, from, to, row, row);
  }

  async flush(): Promise<void> {
    for (const ring of this.rings) await ring.flush();
  }

  async close(): Promise<void> {
    for (const ring of this.rings) await ring.close();
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
