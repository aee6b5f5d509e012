// The streams behind the panels, as they may be read while painting: samples, log lines, the terminals of shells.
// They change many times a second and are large, so they are not part of the state; who paints looks at what is there now.
import {
  HOST_ID,
  type HostSample,
  type InterfaceSample,
  type PastProcesses,
  type Sample,
  type Sampler,
  type Series,
  type SeriesName,
} from '../metrics/index.js';
import { LogBuffer } from './logs/buffer.js';
import { LogView, type ShownLines } from './logs/view.js';
import type { Canvas, Rect } from './screen/index.js';

/** The reading half of a Sampler. */
export type Readings = Pick<Sampler, 'latest' | 'latestHost' | 'history' | 'interfaces' | 'self'>;

/** What is painted of a shell's terminal. */
export interface PaintedTerminal {
  paint(canvas: Canvas, rect: Rect, focused: boolean): void;
  readonly scrolledBack: number;
}

export interface Sources {
  readonly readings: Readings;
  /** What was measured at a moment of the past; what is not there yet is read meanwhile, and painted when it came. */
  at(moment: number): Readings;
  /** Those of a container that mattered then; undefined where nobody looked. */
  processesAt(id: string, moment: number): PastProcesses | 'reading' | undefined;
  readonly logs: ShownLines;
  terminal(number: number): PaintedTerminal | undefined;
  /** what a build has written */
  build(number: number): ShownLines | undefined;
}

/** Before the engine is open nothing has been measured. */
export const NO_READINGS: Readings = {
  latest: (): Sample | undefined => undefined,
  latestHost: (): HostSample | undefined => undefined,
  interfaces: (): readonly InterfaceSample[] => [],
  history: (_id: string, name: SeriesName, spanMs: number, points: number, until = 0): Series => {
    const nothing = new Float64Array(points).fill(NaN);
    return { name, from: until - spanMs, stepMs: spanMs / points, values: nothing, peaks: nothing };
  },
  self: () => ({ cores: NaN, rssBytes: NaN }),
};

/** The same streams with everything that is measured as of a moment of the past. */
export const asOf = (sources: Sources, moment: number): Sources => ({
  ...sources,
  readings: sources.at(moment),
  at: (other) => sources.at(other),
  processesAt: (id, other) => sources.processesAt(id, other),
  terminal: (number) => sources.terminal(number),
  build: (number) => sources.build(number),
});

export const NO_SOURCES: Sources = {
  readings: NO_READINGS,
  at: () => NO_READINGS,
  processesAt: () => undefined,
  logs: new LogView(new LogBuffer(undefined)),
  terminal: () => undefined,
  build: () => undefined,
};

/** The id under which the sums of a project are measured: its own cgroup holds those of its members. */
export const projectTarget = (project: string): string => `project:${project}`;

export { HOST_ID };
