// Tells how a build goes, step by step: numbers them as they begin, and warns once about each thing.
import type { TransferEvent } from '../image/transfer.js';
import { placeOf, type Source, type Warning } from './dockerfile/position.js';
import type { BuildEvent } from './model.js';

export interface StepReport {
  output(stream: 'stdout' | 'stderr', data: Buffer): void;
  note(text: string): void;
  transfer(event: TransferEvent): void;
  /** the last of what it said */
  readonly lastLines: string;
}

/** More of one step is read and not told: nobody reads it, and it has to be kept by whoever is told. */
const MAX_OUTPUT_BYTES = 2 * 1024 * 1024;
/** What is said of a step that failed. */
const LAST_BYTES = 8 * 1024;
const LAST_LINES = 20;

export class Reporter {
  readonly warnings: Warning[] = [];
  cached = 0;
  steps = 0;
  #next = 1;

  constructor(
    private readonly onEvent: ((event: BuildEvent) => void) | undefined,
    private readonly signal: AbortSignal,
  ) {}

  warn(source: Source, warnings: readonly Warning[]): void {
    for (const warning of warnings) {
      const isTold = this.warnings.some(
        ({ rule, message, position }) =>
          rule === warning.rule && message === warning.message && position.line === warning.position.line,
      );
      if (isTold) continue;
      this.warnings.push(warning);
      this.onEvent?.({ kind: 'warning', warning, place: placeOf(source, warning.position) });
    }
  }

  /** A step from its beginning to its end, however it ends. @param action says whether it was in the cache */
  async step<T>(
    title: string,
    action: (report: StepReport) => Promise<{ readonly isCached: boolean; readonly value: T }>,
  ): Promise<T> {
    const step = this.#next;
    this.#next += 1;
    const begun = performance.now();
    this.onEvent?.({ kind: 'begin', step, title });
    const end = (how: 'done' | 'cached' | 'failed' | 'stopped', why?: string) =>
      this.onEvent?.({ kind: 'end', step, how, ms: performance.now() - begun, ...(why === undefined ? {} : { why }) });
    try {
      const { isCached, value } = await action(this.#reportOf(step));
      end(isCached ? 'cached' : 'done');
      return value;
    } catch (error) {
      if (this.signal.aborted) end('stopped');
      else end('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  #reportOf(step: number): StepReport {
    const { onEvent } = this;
    let told = 0;
    let last = Buffer.alloc(0);
    return {
      output(stream, data) {
        last = Buffer.concat([last, data]).subarray(-LAST_BYTES);
        if (told > MAX_OUTPUT_BYTES) return;
        told += data.length;
        // It is only valid during the call of who has read it.
        onEvent?.({ kind: 'output', step, stream, data: Buffer.from(data) });
        if (told > MAX_OUTPUT_BYTES) onEvent?.({ kind: 'note', step, text: 'it says more than is shown here' });
      },
      note: (text) => onEvent?.({ kind: 'note', step, text }),
      transfer: (event) => onEvent?.({ kind: 'transfer', step, event }),
      get lastLines() {
        return last.toString('utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      },
    };
  }
}

/** "[builder 2/5] RUN make": the first line of the instruction. */
export function titleOf(stage: string | undefined, index: number, count: number, text: string): string {
  const [first = '', ...more] = text.split('\n');
  return `[${stage === undefined ? '' : `${stage} `}${index}/${count}] ${first}${more.length > 0 ? ' …' : ''}`;
}
