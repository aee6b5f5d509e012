// Where a pull, a push, a load or a save stands, reckoned from what it tells: a row a blob, the sums, how fast, how long still.
// For the bars of the command line and of the dashboard alike. Tests: test/pure/engine/transfer-progress.test.ts.
import type { Digest } from './oci.js';
import type { TransferEvent, TransferPhase } from './transfer.js';

export interface TransferRow {
  readonly digest: Digest;
  readonly what: TransferEvent['what'];
  readonly phase: TransferPhase;
  /** bytes of what the phase does: moved, or unpacked */
  readonly current: number;
  readonly total: number | undefined;
  /** bytes a second; undefined while nothing moves or too little is known */
  readonly speed: number | undefined;
  readonly leftMs: number | undefined;
  /** with retrying: one clause, and when it is tried again, ms since the epoch */
  readonly why: string | undefined;
  readonly retryAt: number | undefined;
}

export interface TransferProgress {
  /** in the order in which they were first told of */
  readonly rows: readonly TransferRow[];
  /** bytes that came over so far, and all there are; what was there already is in neither */
  readonly current: number;
  readonly total: number | undefined;
  readonly speed: number | undefined;
  readonly leftMs: number | undefined;
}

export const NO_PROGRESS: TransferProgress = {
  rows: [],
  current: 0,
  total: undefined,
  speed: undefined,
  leftMs: undefined,
};

/** How far back bytes count for the speed, and how far apart they are looked at, ms. */
const WINDOW_MS = 4000;
const STEP_MS = 200;
/** After less than this a speed is a guess, ms. */
const LEAST_MS = 400;

/** Bytes a second over the last seconds; while nothing comes it falls to nothing. */
class Speed {
  private readonly points: { readonly at: number; readonly bytes: number }[] = [];

  add(at: number, bytes: number): void {
    const { points } = this;
    const before = points.at(-2);
    if (before !== undefined && at - before.at < STEP_MS) points.pop();
    points.push({ at, bytes });
    while (points.length > 2 && at - points[0]!.at > WINDOW_MS) points.shift();
  }

  at(now: number): number | undefined {
    const first = this.points[0];
    const last = this.points.at(-1);
    if (first === undefined || last === undefined || now - first.at < LEAST_MS) return undefined;
    return ((last.bytes - first.bytes) / (now - first.at)) * 1000;
  }
}

interface Blob {
  readonly digest: Digest;
  readonly what: TransferEvent['what'];
  phase: TransferPhase;
  moved: number;
  size: number | undefined;
  /** of what comes before moving, or after it */
  worked: number;
  why: string | undefined;
  retryAt: number | undefined;
  speed: Speed;
}

const isMoving = (phase: TransferPhase): boolean => phase === 'moving';
/** Phases in which nothing moves and something is done to a blob. */
const IS_WORK: ReadonlySet<TransferPhase> = new Set(['compressing', 'verifying', 'unpacking']);
/** Phases in which all of a blob has come. */
const IS_HERE: ReadonlySet<TransferPhase> = new Set(['verifying', 'unpacking', 'done']);

const leftOf = (current: number, total: number | undefined, speed: number | undefined): number | undefined =>
  total === undefined || speed === undefined || speed < 1 ? undefined : (Math.max(0, total - current) / speed) * 1000;

export class TransferTally {
  private readonly blobs = new Map<Digest, Blob>();
  private readonly speed = new Speed();
  /** bytes that came since it began, whatever was begun again */
  private received = 0;

  /** @param now ms since the epoch */
  constructor(private readonly now: () => number) {}

  add(event: TransferEvent): void {
    const now = this.now();
    const { digest, phase, current, total } = event;
    const blob = this.blobs.get(digest) ?? this.begun(event);
    blob.size = total ?? blob.size;
    blob.why = event.why;
    blob.retryAt = event.retryInMs === undefined ? undefined : now + event.retryInMs;
    if (phase === 'moving') {
      // What was there from an earlier try was not moved by this one.
      if (blob.phase === 'moving') this.received += Math.max(0, current - blob.moved);
      else blob.speed = new Speed();
      blob.moved = current;
      blob.speed.add(now, current);
      this.speed.add(now, this.received);
    } else if (IS_HERE.has(phase)) {
      blob.worked = current;
      const isStillMoving = phase === 'unpacking' && isMoving(blob.phase) && blob.moved < (blob.size ?? 0);
      // A layer is unpacked while it still comes: that it comes is what a person waits for.
      if (isStillMoving) return;
      if (blob.phase === 'moving') this.received += Math.max(0, (blob.size ?? blob.moved) - blob.moved);
      blob.moved = blob.size ?? blob.moved;
    } else if (phase === 'compressing') blob.worked = current;
    blob.phase = phase;
  }

  progress(): TransferProgress {
    const now = this.now();
    const blobs = [...this.blobs.values()];
    const counted = blobs.filter(({ phase }) => phase !== 'there');
    const current = counted.reduce((sum, { moved }) => sum + moved, 0);
    const isKnown = counted.length > 0 && counted.every(({ size }) => size !== undefined);
    const total = isKnown ? counted.reduce((sum, { size }) => sum + (size ?? 0), 0) : undefined;
    const speed = blobs.some(({ phase }) => isMoving(phase)) ? this.speed.at(now) : undefined;
    return {
      rows: blobs.map((blob) => rowOf(blob, now)),
      current,
      total,
      speed,
      leftMs: leftOf(current, total, speed),
    };
  }

  private begun({ digest, what, phase, total }: TransferEvent): Blob {
    const blob: Blob = {
      digest,
      what,
      phase: phase === 'moving' ? 'waiting' : phase,
      moved: 0,
      size: total,
      worked: 0,
      why: undefined,
      retryAt: undefined,
      speed: new Speed(),
    };
    this.blobs.set(digest, blob);
    return blob;
  }
}

function rowOf(
  { digest, what, phase, moved, size, worked, why, retryAt, speed: ofBlob }: Blob,
  now: number,
): TransferRow {
  const speed = isMoving(phase) ? ofBlob.at(now) : undefined;
  const current = IS_WORK.has(phase) ? worked : phase === 'there' ? (size ?? 0) : moved;
  return { digest, what, phase, current, total: size, speed, leftMs: leftOf(current, size, speed), why, retryAt };
}
