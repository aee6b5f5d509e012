// A build as lines: each step with how long it took, what it says below it. In a terminal the steps that are under way are written
// again in place; elsewhere every line has the number of its step, as `docker build --progress plain` has it. Pure.
// Tests: test/pure/cli/build-progress.test.ts.
import { StringDecoder } from 'node:string_decoder';
import type { BuildEvent } from '../engine/index.js';
import { printable } from './output.js';
import type { ProgressLine } from './progress.js';

/** Of a step that is under way, the last lines of what it says. */
const SAID_LINES = 3;
/** A line without an end is told in pieces of this length. */
const MAX_LINE = 4096;

interface Running {
  readonly title: string;
  readonly begunAt: number;
  /** by stream, what no line feed has ended yet */
  readonly rest: Map<string, string>;
  readonly decoders: Map<string, StringDecoder>;
  said: readonly string[];
}

/** Knows the steps that are under way. @param now ms */
export class BuildSteps {
  readonly #running = new Map<number, Running>();

  constructor(private readonly now: () => number) {}

  /** What `--progress plain` writes. */
  plain(event: BuildEvent): readonly string[] {
    switch (event.kind) {
      case 'begin':
        this.#begin(event.step, event.title);
        return [`#${event.step} ${printable(event.title)}`];
      case 'output':
        return this.#said(event).map((line) => this.#numbered(event.step, line));
      case 'note':
        return [this.#numbered(event.step, event.text)];
      case 'transfer': {
        const { phase, digest, what } = event.event;
        if (what !== 'layer' || (phase !== 'done' && phase !== 'there' && phase !== 'retrying')) return [];
        return [this.#numbered(event.step, `${digest.slice(7, 19)} ${phase === 'there' ? 'already there' : phase}`)];
      }
      case 'end': {
        const left = this.#left(event.step).map((line) => this.#numbered(event.step, line));
        this.#running.delete(event.step);
        return [...left, `#${event.step} ${ending(event)}`, ''];
      }
      case 'warning':
        return [warningLine(event)];
    }
  }

  /** What stays of it in a terminal, above the lines that change. */
  lasting(event: BuildEvent): readonly string[] {
    switch (event.kind) {
      case 'begin':
        this.#begin(event.step, event.title);
        return [];
      case 'output': {
        const running = this.#running.get(event.step);
        const said = this.#said(event);
        if (running !== undefined) running.said = [...running.said, ...said].slice(-SAID_LINES);
        return [];
      }
      case 'note': {
        const running = this.#running.get(event.step);
        if (running !== undefined) running.said = [...running.said, event.text].slice(-SAID_LINES);
        return [];
      }
      case 'transfer': {
        const { phase, current, total, digest } = event.event;
        const running = this.#running.get(event.step);
        const share = total === undefined || total === 0 ? '' : ` ${Math.floor((current / total) * 100)} %`;
        if (running !== undefined) running.said = [`${digest.slice(7, 19)} ${phase}${share}`];
        return [];
      }
      case 'end': {
        const running = this.#running.get(event.step);
        this.#running.delete(event.step);
        const title = printable(running?.title ?? '');
        return [event.how === 'cached' ? ` => CACHED ${title}` : ` => ${title}  ${ending(event)}`];
      }
      case 'warning':
        return [warningLine(event)];
    }
  }

  /** The lines that change. */
  live({ columns, rows }: { readonly columns: number; readonly rows: number }): readonly ProgressLine[] {
    const width = Math.max(20, columns - 1);
    const each = [...this.#running.values()].flatMap(({ title, begunAt, said }): ProgressLine[] => {
      const time = `${((this.now() - begunAt) / 1000).toFixed(1)}s`;
      const head = ` => ${fit(title, width - time.length - 6)}`;
      return [
        [
          { text: head, tone: 'lit' },
          { text: `  ${time}`, tone: 'dim' },
        ],
        ...said.map((line): ProgressLine => [{ text: ` =>  ${fit(line, width - 6)}`, tone: 'dim' }]),
      ];
    });
    return each.slice(0, Math.max(1, rows - 2));
  }

  #begin(step: number, title: string): void {
    this.#running.set(step, { title, begunAt: this.now(), rest: new Map(), decoders: new Map(), said: [] });
  }

  /** Whole lines. */
  #said({ step, stream, data }: Extract<BuildEvent, { kind: 'output' }>): string[] {
    const running = this.#running.get(step);
    if (running === undefined) return [];
    const decoder = running.decoders.get(stream) ?? new StringDecoder();
    running.decoders.set(stream, decoder);
    const text = (running.rest.get(stream) ?? '') + decoder.write(data);
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    const isLong = last.length > MAX_LINE;
    running.rest.set(stream, isLong ? '' : last);
    return [...lines, ...(isLong ? [last] : [])].map(shownLine);
  }

  /** What no line feed has ended. */
  #left(step: number): string[] {
    const rest = this.#running.get(step)?.rest.values() ?? [];
    return [...rest].filter((text) => text !== '').map(shownLine);
  }

  #numbered(step: number, line: string): string {
    const begunAt = this.#running.get(step)?.begunAt ?? this.now();
    return `#${step} ${((this.now() - begunAt) / 1000).toFixed(3)} ${printable(line)}`;
  }
}

/** A line as it stands at its end: what was written over by a carriage return is gone. */
const shownLine = (line: string): string =>
  printable(line.replace(/\r+$/, '').split('\r').at(-1)!.replaceAll('\t', '  '));

/** One cell a character: a line that is wider than it is thought to be could not be written again in place. */
function fit(text: string, width: number): string {
  const plain = text.replace(/[^ -~]/gu, '?');
  return plain.length <= width ? plain : `${plain.slice(0, Math.max(0, width - 1))}~`;
}

function ending({ how, ms, why }: Extract<BuildEvent, { kind: 'end' }>): string {
  switch (how) {
    case 'done':
      return `DONE ${(ms / 1000).toFixed(1)}s`;
    case 'cached':
      return 'CACHED';
    case 'stopped':
      return 'CANCELED';
    case 'failed':
      return `ERROR: ${printable(why ?? '')}`;
  }
}

const warningLine = ({ warning, place }: Extract<BuildEvent, { kind: 'warning' }>): string =>
  `warning: ${printable(`${place}: ${warning.message}`)} (${warning.rule})`;
