// What stands in the cells of a row: of a container its own numbers, of a project their sum.
import type { Sample } from '../../../metrics/index.js';
import { markOf } from '../../present/container.js';
import { groupReading } from '../../present/group.js';
import { suspicion } from '../../present/neighbours.js';
import { badgesOf } from '../../present/pressure.js';
import { bytes, coreLimit, cores } from '../../present/units.js';
import { isRunning, type Row } from '../../rows.js';
import { stopOf, type Canvas, type Rect, type Span, type Theme } from '../../screen/index.js';
import { projectTarget, type Sources } from '../../sources.js';
import type { State } from '../../state.js';
import { graphCapacity, paintGraphRow, paintMeter, peakOf } from '../../widgets/index.js';
import { toneAttr } from './on-demand.js';

/** ms that one value of a row's graph covers: fixed to the clock, so that a graph moves on and never flickers. */
const STEP_MS = 2000;
/** A graph is never scaled to less than this: an idle container shall look idle. */
const LEAST_SCALE_CORES = 0.1;

/** Whether there are numbers to show: a container that runs, a project in which one does. */
export function hasNumbers(row: Row): boolean {
  if (row.kind === 'group') return row.members.some(({ state }) => isRunning(state.status));
  return row.container.state.status === 'running' || row.container.state.status === 'paused';
}

export class Cells {
  private readonly theme: Theme;
  /** of projects: every column of a row asks for them */
  private readonly sums = new Map<string, Sample | undefined>();

  constructor(
    private readonly canvas: Canvas,
    private readonly state: State,
    private readonly sources: Sources,
  ) {
    this.theme = canvas.theme;
  }

  reading(row: Row): Sample | undefined {
    const { readings } = this.sources;
    if (row.kind === 'container') return readings.latest(row.key);
    if (!this.sums.has(row.key)) this.sums.set(row.key, groupReading(readings, row.project, row.members));
    return this.sums.get(row.key);
  }

  mark(row: Row): readonly Span[] {
    const { mark } = this.canvas.glyphs;
    if (row.kind === 'group') return [{ text: ` ${row.folded ? mark.closed : mark.open}`, attr: this.theme.dim }];
    const isMarked = this.state.table.marks.has(row.key);
    const { mark: name, tone } = markOf(row.container);
    return [
      { text: isMarked ? mark.marked : ' ', attr: this.theme.key },
      { text: mark[name], attr: toneAttr(this.theme, tone) },
    ];
  }

  name(row: Row): readonly Span[] {
    if (row.kind === 'group') return [{ text: row.project, attr: this.theme.strong }];
    const { tree } = this.canvas.glyphs;
    const prefix = row.depth === 0 ? '' : row.last ? tree.last : tree.branch;
    const alive = isRunning(row.container.state.status);
    return [
      { text: prefix, attr: this.theme.faint },
      { text: row.container.config.name, attr: alive ? this.theme.text : this.theme.dim },
    ];
  }

  cpuGraph(canvas: Canvas, rect: Rect, row: Row): void {
    if (!hasNumbers(row)) return;
    const points = graphCapacity(rect.width, canvas.glyphs);
    const until = Math.ceil(this.state.now / STEP_MS) * STEP_MS;
    const id = row.kind === 'group' ? projectTarget(row.project) : row.key;
    const { values } = this.sources.readings.history(id, 'cpu.cores', points * STEP_MS, points, until);
    const limit = row.kind === 'group' ? undefined : this.reading(row)?.cpu.limitCores;
    const max = limit ?? Math.max(LEAST_SCALE_CORES, peakOf(values, points));
    paintGraphRow(canvas, rect.x, rect.y, rect.width, {
      values,
      max,
      ramp: this.theme.resource.cpu,
      ...(limit === undefined ? {} : { limit }),
    });
  }

  cores(row: Row): readonly Span[] {
    if (!hasNumbers(row)) return [];
    if (row.kind === 'container' && row.container.state.status === 'paused')
      return [{ text: 'paused', attr: this.theme.notice }];
    const cpu: Sample['cpu'] = this.reading(row)?.cpu ?? {};
    const share = (cpu.cores ?? NaN) / (cpu.limitCores ?? NaN);
    const isIdle = (cpu.cores ?? 0) < 0.005;
    return [
      { text: cores(cpu.cores).padStart(4), attr: isIdle ? this.theme.dim : stopOf(this.theme.resource.cpu, share) },
      ...(row.kind === 'group' ? [] : [{ text: `/${coreLimit(cpu.limitCores)}`, attr: this.theme.dim }]),
    ];
  }

  memoryBar(canvas: Canvas, rect: Rect, row: Row): void {
    if (!hasNumbers(row)) return;
    const { used, limit } = this.reading(row)?.memory ?? {};
    const ramp = this.theme.resource.memory;
    if (limit !== undefined) {
      paintMeter(canvas, rect.x, rect.y, rect.width, (used ?? NaN) / limit, ramp);
      return;
    }
    // Without a limit of its own one cell says how much of the host's memory it is.
    const host = this.sources.readings.latestHost()?.memory.limit;
    if (used === undefined || host === undefined) return;
    const step = Math.max(1, Math.min(8, Math.ceil((used / host) * 8)));
    canvas.put(rect.x, rect.y, canvas.glyphs.heights[step]!, ramp[0]);
  }

  memory(row: Row): readonly Span[] {
    if (!hasNumbers(row)) return [];
    const { used, limit } = this.reading(row)?.memory ?? {};
    return [
      { text: bytes(used).padStart(4), attr: stopOf(this.theme.resource.memory, (used ?? NaN) / (limit ?? NaN)) },
      ...(row.kind === 'group' ? [] : [{ text: `/${bytes(limit)}`, attr: this.theme.dim }]),
    ];
  }

  badges(row: Row): readonly Span[] {
    if (!hasNumbers(row)) return [];
    const { notice, error, dim } = this.theme;
    const { mark } = this.canvas.glyphs;
    const { findings } = this.state.neighbours;
    const suspected = row.kind === 'container' ? suspicion(findings, row.key) : undefined;
    const badges = badgesOf(
      this.reading(row),
      findings.filter(({ victim }) => victim === row.key),
    ).map(({ text, level, suffers }): Span => ({
      text: suffers ? `${text} ${mark.suffers}` : text,
      attr: suffers ? notice : stopOf([dim, notice, error], level),
    }));
    const all = suspected === undefined ? badges : [{ text: `${mark.causes} ${suspected}`, attr: notice }, ...badges];
    return all.flatMap((badge, i) => (i > 0 ? [{ text: ' ', attr: dim }, badge] : [badge]));
  }

  quietZero(text: string): readonly Span[] {
    const isQuiet = text === '0' || text === this.canvas.glyphs.none || text === '–';
    return [{ text, attr: isQuiet ? this.theme.dim : this.theme.text }];
  }
}
