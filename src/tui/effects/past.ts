// What was measured before: from what the supervisors wrote down, and, for what is not on the disk yet, from the dashboard's own
// memory. The present has a past as well: what graphs show of the time before the dashboard was opened.
// Painting never waits: what is not there yet is read meanwhile and painted when it came.
import type { Container } from '../../engine/index.js';
import {
  HOST_ID,
  type Archive,
  type PastProcesses,
  type Sample,
  type Sampler,
  type Series,
  type SeriesName,
  type Stretch,
} from '../../metrics/index.js';
import { momentOf } from '../state/moment.js';
import { selectedContainer } from '../rows.js';
import { projectTarget, type Readings } from '../sources.js';
import { spanOf, type State } from '../state.js';
import type { Ports } from './ports.js';

/** Where the past is kept: metrics' archive, as far as the dashboard uses it. */
export interface PastPort extends Pick<Archive, 'processesAt'> {
  load(...stretch: Parameters<Archive['load']>): Promise<Pick<Stretch, 'readingsAt' | 'observations'>>;
}

type PastStretch = Pick<Stretch, 'readingsAt'>;
type OldReadings = ReturnType<Stretch['readingsAt']>;

/** The small graphs of rows show so much at most. */
const ROW_GRAPHS_MS = 150_000;
/** How far beyond the graphs a stretch is read, in their own lengths: a few presses of an arrow need no reading. */
const MARGIN = 1;
/** Series that are remembered as they were laid over the points of graphs; 1 or 2 KiB each. */
const LAID_MOST = 1000;
/** Points that a graph has at most. */
const POINTS = 200;

interface Wanted {
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
}

export class Past {
  /** `read` is absent where the past cannot be read: it is shown as not measured */
  #stretch: (Wanted & { readonly read: PastStretch | undefined }) | undefined;
  #isReading = false;
  #shown: { readonly at: number; readonly stretch: PastStretch | undefined; readonly readings: Readings } | undefined;

  #processes:
    { readonly id: string; readonly at: number; readonly answer: PastProcesses | 'reading' | undefined } | undefined;

  /** What was read, as graphs asked for it: it is the past and stays as it is, while they are painted again and again. */
  #laid: { readonly from: OldReadings; readonly series: Map<string, Series> } | undefined;
  #whole: { readonly stretch: PastStretch; readonly readings: OldReadings } | undefined;

  constructor(private readonly ports: Ports) {}

  /** Reads what the state shows, if it is not there. */
  follow(state: State): void {
    const spanMs = Math.max(spanOf(state), ROW_GRAPHS_MS);
    const wanted = this.#wanted(state, spanMs);
    if (wanted === undefined) this.#stretch = undefined;
    else if (!this.#isReading && !this.#has(wanted)) void this.#read(state, wanted, spanMs * MARGIN);
    this.#followProcesses(state);
  }

  /** The processes of a container at that moment. */
  processes(id: string, moment: number): PastProcesses | 'reading' | undefined {
    return this.#processes?.id === id && this.#processes.at === moment ? this.#processes.answer : 'reading';
  }

  #followProcesses(state: State): void {
    const at = momentOf(state);
    const id = selectedContainer(state)?.id;
    if (at === undefined || id === undefined || state.view.tab !== 'processes') return;
    if (this.#processes?.id === id && this.#processes.at === at) return;
    const asked = { id, at, answer: 'reading' as PastProcesses | 'reading' | undefined };
    this.#processes = asked;
    const answer = (processes: PastProcesses | undefined): void => {
      asked.answer = processes;
      this.ports.invalidate();
    };
    void (this.ports.past?.processesAt(id, at) ?? Promise.resolve(undefined)).then(answer, () => answer(undefined));
  }

  #wanted(state: State, spanMs: number): Wanted | undefined {
    const stepMs = spanMs / POINTS;
    const moments = [momentOf(state), state.graphs.pinned].filter((at) => at !== undefined);
    if (moments.length > 0) return { from: Math.min(...moments) - spanMs, until: Math.max(...moments), stepMs };
    const { sampledSince } = state.host;
    // From the first sample on, the present is in the dashboard's own memory.
    if (sampledSince === undefined || state.now - spanMs >= sampledSince) return undefined;
    return { from: sampledSince - spanMs, until: sampledSince, stepMs };
  }

  #has({ from, until, stepMs }: Wanted): boolean {
    const there = this.#stretch;
    // A coarser stretch does not do for a finer graph, and a much finer one of a day is not read for a month.
    return there !== undefined && there.from <= from && there.until >= until && there.stepMs <= stepMs * 1.01;
  }

  async #read(state: State, { from, until, stepMs }: Wanted, margin: number): Promise<void> {
    const { past } = this.ports;
    if (past === undefined) return;
    this.#isReading = true;
    const reach = { from: from - margin, until: until + margin, stepMs };
    try {
      const ids = [HOST_ID, ...state.containers.list.map(({ id }) => id)];
      this.#stretch = { ...reach, read: await past.load(ids, reach.from, reach.until, stepMs) };
    } catch {
      this.#stretch = { ...reach, read: undefined };
    } finally {
      this.#isReading = false;
    }
    this.ports.invalidate();
    // Somebody may have gone on meanwhile.
    this.follow(this.ports.state());
  }

  /** The present, with what was before the dashboard was opened. */
  get present(): Readings {
    const { sampler } = this.ports;
    const history: Readings['history'] = (id, name, spanMs, points, until) =>
      this.#history(this.#wholeStretch(), id, name, spanMs, points, until);
    return {
      history,
      latest: (id) => sampler.latest(id),
      latestHost: () => sampler.latestHost(),
      interfaces: (id) => sampler.interfaces(id),
      self: () => sampler.self(),
    };
  }

  /** The readings of all that was read; the same object as long as that is the same. */
  #wholeStretch(): OldReadings | undefined {
    const stretch = this.#stretch?.read;
    if (this.#whole?.stretch !== stretch) this.#whole = stretch && { stretch, readings: stretch.readingsAt(Infinity) };
    return this.#whole?.readings;
  }

  /** The readings of that moment; the same object for one moment, which remembers what one frame asks several times. */
  at(moment: number): Readings {
    const stretch = this.#stretch?.read;
    if (this.#shown?.at !== moment || this.#shown.stretch !== stretch)
      this.#shown = { at: moment, stretch, readings: this.#compose(moment, stretch) };
    return this.#shown.readings;
  }

  #compose(moment: number, stretch: PastStretch | undefined): Readings {
    const { sampler } = this.ports;
    const old = stretch?.readingsAt(moment);
    const samples = new Map<string, Sample | undefined>();
    const history: Readings['history'] = (id, name, spanMs, points, until = moment) =>
      this.#history(old, id, name, spanMs, points, until);
    return {
      history,
      latest: (id) => {
        if (!samples.has(id)) samples.set(id, old?.latest(id) ?? sampleAt(sampler, history, id, moment));
        return samples.get(id);
      },
      latestHost: () => {
        const written = old?.latestHost();
        const own = written === undefined ? sampleAt(sampler, history, HOST_ID, moment) : undefined;
        return written ?? (own && { ...own, load: [NaN, NaN, NaN], perCpu: [] });
      },
      // Of each by itself nothing is written down.
      interfaces: () => [],
      self: () => sampler.self(),
    };
  }

  /** The dashboard's own memory is finer; what it does not reach back to is as it was written down. */
  #history(old: OldReadings | undefined, ...asked: Parameters<Readings['history']>): Series {
    const own = this.#measured(...asked);
    if (old === undefined || !own.values.some(Number.isNaN)) return own;
    const [id, name, spanMs, points] = asked;
    const written = this.#remembered(old, id, name, spanMs, points, own.from + spanMs);
    const pick = (mine: Float64Array, theirs: Float64Array): Float64Array =>
      mine.map((value, i) => (Number.isNaN(value) ? theirs[i]! : value));
    return { ...own, values: pick(own.values, written.values), peaks: pick(own.peaks, written.peaks) };
  }

  /** The network is counted in each container's own: that of a project is the sum of its members. */
  #measured(...[id, name, ...when]: Parameters<Readings['history']>): Series {
    const { sampler } = this.ports;
    const members = name.startsWith('network.') ? this.#membersOf(id) : [];
    return members.length === 0
      ? sampler.history(id, name, ...when)
      : sumOf(members.map((member) => sampler.history(member.id, name, ...when)));
  }

  #membersOf(id: string): readonly Container[] {
    const { list } = this.ports.state().containers;
    return list.filter(({ config: { project } }) => project !== undefined && projectTarget(project) === id);
  }

  #remembered(old: OldReadings, ...asked: readonly [string, SeriesName, number, number, number]): Series {
    if (this.#laid?.from !== old || this.#laid.series.size >= LAID_MOST) this.#laid = { from: old, series: new Map() };
    const { series } = this.#laid;
    const key = asked.join(' ');
    const known = series.get(key) ?? this.#written(old, ...asked);
    series.set(key, known);
    return known;
  }

  /** Of a project nothing is written down: it is the sum of its members. */
  #written(old: OldReadings, id: string, name: SeriesName, spanMs: number, points: number, until: number): Series {
    const members = this.#membersOf(id);
    return members.length === 0
      ? old.history(id, name, spanMs, points, until)
      : sumOf(members.map((member) => old.history(member.id, name, spanMs, points, until)));
  }
}

/** Where one of them was not measured, the others are the sum. */
function sumOf([first, ...others]: readonly Series[]): Series {
  const add = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((value, i) => (Number.isNaN(value) ? b[i]! : Number.isNaN(b[i]!) ? value : value + b[i]!));
  return others.reduce(
    (sum, { values, peaks }) => ({ ...sum, values: add(sum.values, values), peaks: add(sum.peaks, peaks) }),
    first!,
  );
}

/**
 * A sample from what is remembered of each series, undefined where nothing is. Limits are no series: they are those of now, as
 * near as one comes for the few seconds that are not written down yet.
 */
function sampleAt(sampler: Sampler, history: Readings['history'], id: string, at: number): Sample | undefined {
  const value = (name: SeriesName): number => history(id, name, sampler.intervalMs, 1, at).values[0]!;
  const limits = id === HOST_ID ? sampler.latestHost() : sampler.latest(id);
  const cores = value('cpu.cores');
  const used = value('memory.used');
  if (Number.isNaN(cores) && Number.isNaN(used)) return undefined;
  const known = <Name extends string>(name: Name, number: number): { readonly [K in Name]?: number } =>
    Number.isNaN(number) ? {} : ({ [name]: number } as { readonly [K in Name]?: number });
  const pressure = (resource: 'cpu' | 'memory' | 'io'): Sample['pressure']['cpu'] => ({
    ...known('some', value(`pressure.${resource}.some`)),
    ...known('full', value(`pressure.${resource}.full`)),
  });
  return {
    at,
    cpu: {
      ...known('cores', cores),
      ...known('throttledPercent', value('cpu.throttledPercent')),
      ...known('limitCores', limits?.cpu.limitCores ?? NaN),
    },
    memory: {
      ...known('limit', limits?.memory.limit ?? NaN),
      ...known('used', used),
      ...known('anon', value('memory.anon')),
      ...known('file', value('memory.file')),
      ...known('kernel', value('memory.kernel')),
    },
    io: { ...known('readBytes', value('io.readBytes')), ...known('writeBytes', value('io.writeBytes')) },
    pids: known('current', value('pids.current')),
    pressure: { cpu: pressure('cpu'), memory: pressure('memory'), io: pressure('io') },
    network: {
      ...known('rxBytes', value('network.rxBytes')),
      ...known('txBytes', value('network.txBytes')),
      ...known('rxPackets', value('network.rxPackets')),
      ...known('txPackets', value('network.txPackets')),
      ...known('drops', value('network.drops')),
      ...known('errors', value('network.errors')),
    },
  };
}
