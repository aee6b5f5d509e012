// The table of containers, every row alive. Columns by width; a row that has no numbers says in words what it is.
import type { Container } from '../../engine/index.js';
import type { Sample } from '../../metrics/index.js';
import type { ColumnName } from '../columns.js';
import { ageOf, markOf, pendingWords, runningOf, statusWords } from '../present/container.js';
import { suspicion } from '../present/neighbours.js';
import { badgesOf } from '../present/pressure.js';
import { bytes, coreLimit, cores, count, rate } from '../present/units.js';
import { groupReading } from '../present/group.js';
import { alarmOf } from '../reducers/splits.js';
import { isDemoThere } from '../state/demo.js';
import { isRunning, rowsOf, type Row } from '../rows.js';
import { stopOf, type Attr, type Canvas, type Rect, type Span, type Theme } from '../screen/index.js';
import { projectTarget, type Sources } from '../sources.js';
import type { State } from '../state.js';
import {
  graphCapacity,
  paintFrame,
  paintGraphRow,
  paintMeter,
  paintTable,
  peakOf,
  placeColumns,
  type Column,
  type Title,
} from '../widgets/index.js';
import { hintsOf } from './hints.js';
import { moreColumns, toneAttr } from './table/on-demand.js';
import { paintEmptyTable } from './empty.js';

/** ms that one value of a row's graph covers: fixed to the clock, so that a graph moves on and never flickers. */
const STEP_MS = 2000;
/** A graph is never scaled to less than this: an idle container shall look idle. */
const LEAST_SCALE_CORES = 0.1;
/** Below this width reads and writes share a column. */
const WIDE = 100;

const HEADINGS: Readonly<Partial<Record<string, string>>> = {
  name: 'name',
  cores: 'cpu',
  cpu: 'cpu',
  used: 'memory',
  memory: 'memory',
  read: 'io',
  write: 'io',
  io: 'io',
  pressure: 'pressure',
  pids: 'pids',
  age: 'age',
  mark: 'status',
  status: 'status',
};

export function paintContainers(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const focused = state.view.focus === 'table' && state.overlay === undefined;
  const alarm = alarmOf(state);
  const inner = paintFrame(canvas, rect, {
    titles: titles(canvas, state),
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(alarm === undefined ? {} : { alarm }),
  });
  canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, { kind: 'table' });
  if (state.containers.list.length === 0) {
    paintEmptyTable(canvas, inner, state);
    return;
  }
  const rows = rowsOf(state);
  const area = { ...inner, x: inner.x + 1, width: inner.width - 2 };
  const table = new Columns(canvas, state, sources);
  const columns = table.forWidth(rect.width);
  paintTable(canvas, area, {
    columns,
    rows,
    position: state.table.position,
    focused,
    sort: { column: sortedColumn(state), descending: state.table.descending },
    rowTarget: (row) => ({ kind: 'row', id: row.key }),
    headerTarget: ({ id }) => ({ kind: 'column', id: HEADINGS[id] ?? '' }),
  });
  if (rows.length === 0) canvas.text(area.x + 2, area.y + 1, nothingShown(state), canvas.theme.dim);
  table.paintWords(area, placeColumns(columns, area.width), focused);
}

function titles(canvas: Canvas, state: State): readonly Title[] {
  const { glyphs } = canvas;
  const { table, containers } = state;
  const shown = rowsOf(state).reduce(
    (sum, row) => sum + (row.kind === 'container' ? 1 : row.folded ? row.members.length : 0),
    0,
  );
  const total = containers.list.length;
  const caret = table.filter.editing ? '_' : '';
  return [
    {
      text: total === 0 ? 'containers' : shown === total ? `containers ${total}` : `containers ${shown} of ${total}`,
      number: 1,
      target: { kind: 'table' },
    },
    {
      text: `sort ${table.sort} ${table.descending ? glyphs.descending : glyphs.ascending}`,
      target: { kind: 'command', id: 'sort' },
    },
    { text: table.grouped ? 'Project' : 'flat', target: { kind: 'command', id: 'group' } },
    ...(table.showStopped ? [] : [{ text: 'running only', target: { kind: 'command', id: 'show-stopped' } }]),
    ...(table.filter.editing || table.filter.text !== ''
      ? [{ text: `/${table.filter.text}${caret}`, target: { kind: 'command', id: 'filter' } }]
      : []),
    ...(table.marks.size > 0 ? [{ text: `${table.marks.size} marked`, target: { kind: 'command', id: 'bulk' } }] : []),
    ...(isDemoThere(state) ? [{ text: 'W wakes the noisy one', target: { kind: 'command', id: 'wake-noisy' } }] : []),
  ];
}

function nothingShown(state: State): string {
  return state.table.filter.text !== ''
    ? `Nothing fits /${state.table.filter.text}; esc clears the filter.`
    : 'Nothing runs; A shows those that have ended.';
}

function sortedColumn({ table, size }: State): string {
  switch (table.sort) {
    case 'cpu':
      return 'cores';
    case 'memory':
      return 'used';
    case 'io':
      return size.columns < WIDE ? 'io' : 'write';
    case 'status':
      return 'mark';
    case 'name':
    case 'pressure':
    case 'pids':
    case 'age':
      return table.sort;
  }
}

/** The columns that were chosen; on a narrow screen reads and writes share one, in the place of the first of them. */
function namesFor(width: number, chosen: readonly ColumnName[]): readonly (ColumnName | 'io')[] {
  const names = chosen.includes('name') ? chosen : (['name', ...chosen] as const);
  if (width >= WIDE || !(names.includes('read') && names.includes('write'))) return names;
  const first = names.find((name) => name === 'read' || name === 'write');
  return names.flatMap((name) =>
    name === first ? ['io' as const] : name === 'read' || name === 'write' ? [] : [name],
  );
}

/** The columns, with what they need to fill their cells. */
class Columns {
  private readonly theme: Theme;

  constructor(
    private readonly canvas: Canvas,
    private readonly state: State,
    private readonly sources: Sources,
  ) {
    this.theme = canvas.theme;
  }

  forWidth(width: number): readonly Column<Row>[] {
    const { theme } = this;
    const text = (pick: (sample: Sample | undefined) => string) => (row: Row) =>
      hasNumbers(row) ? this.quietZero(pick(this.reading(row))) : '';
    const io = (id: string, pick: (sample: Sample | undefined) => number | undefined): Column<Row> => ({
      id,
      title: id,
      min: 5,
      priority: 3,
      align: 'right',
      cell: text((sample) => rate(pick(sample))),
    });
    const known: Readonly<Record<ColumnName, Column<Row>>> & Readonly<Record<'io', Column<Row>>> = {
      name: { id: 'name', title: 'NAME', min: 12, max: 30, priority: 0, cell: (row) => this.name(row) },
      image: {
        id: 'image',
        title: 'IMAGE',
        min: 12,
        max: 24,
        priority: 6,
        cell: (row) => (row.kind === 'group' ? runningOf(row.members) : row.container.config.image.name),
        style: () => theme.dim,
      },
      cpu: {
        id: 'cpu',
        title: 'CPU',
        min: 10,
        max: 36,
        priority: 2,
        cell: (row) => (canvas, rect) => this.cpuGraph(canvas, rect, row),
      },
      cores: { id: 'cores', title: 'cores', min: 9, priority: 0, cell: (row) => this.cores(row) },
      memory: {
        id: 'memory',
        title: 'MEMORY',
        min: 7,
        max: 14,
        priority: 5,
        cell: (row) => (canvas, rect) => this.memoryBar(canvas, rect, row),
      },
      used: { id: 'used', title: 'used/limit', min: 10, priority: 1, cell: (row) => this.memory(row) },
      io: io('io', (sample) => total(sample?.io.readBytes, sample?.io.writeBytes)),
      read: io('read', (sample) => sample?.io.readBytes),
      write: io('write', (sample) => sample?.io.writeBytes),
      ...moreColumns(theme, (row) => (hasNumbers(row) ? this.reading(row) : undefined)),
      pressure: { id: 'pressure', title: 'PRESSURE', min: 12, max: 22, priority: 1, cell: (row) => this.badges(row) },
      pids: {
        id: 'pids',
        title: 'PIDS',
        min: 4,
        priority: 7,
        align: 'right',
        cell: text((s) => count(s?.pids.current)),
      },
      age: {
        id: 'age',
        title: 'AGE',
        min: 4,
        priority: 4,
        align: 'right',
        cell: (row) => (row.kind === 'container' && hasNumbers(row) ? ageOf(row.container, this.state.now) : ''),
        style: () => theme.dim,
      },
      command: {
        id: 'command',
        title: 'COMMAND',
        min: 16,
        max: 60,
        priority: 8,
        cell: (row) => (row.kind === 'container' ? row.container.config.argv.join(' ') : ''),
        style: () => theme.dim,
      },
    };
    const mark: Column<Row> = { id: 'mark', title: '', min: 2, priority: 0, cell: (row) => this.mark(row) };
    return [mark, ...namesFor(width, this.state.table.columns).map((name) => known[name])];
  }

  /** Over the numbers of rows that have none: what the container is, from the graph's column to the end. */
  paintWords(
    area: Rect,
    placed: readonly { readonly column: Column<Row>; readonly x: number; readonly width: number }[],
    focused: boolean,
  ): void {
    const rows = rowsOf(this.state);
    const { top, selected } = this.state.table.position;
    const column =
      placed.find(({ column: { id } }) => id === 'cpu') ??
      placed.find(({ column: { id } }) => id === 'cores') ??
      placed[2];
    const pressure = placed.find(({ column: { id } }) => id === 'pressure');
    if (!column) return;
    for (let line = 0; line < area.height - 1; line++) {
      const row = rows[top + line];
      if (row?.kind !== 'container') continue;
      const words = this.words(row.container);
      if (words === undefined) continue;
      const from = hasNumbers(row) ? (pressure ?? column) : column;
      const x = area.x + from.x;
      const rest = { x, y: area.y + 1 + line, width: area.x + area.width - x, height: 1 };
      this.canvas.fill(rest, this.theme.text);
      this.canvas.within(rest).text(x, rest.y, words.text, words.attr, rest.width);
      if (top + line === selected) this.canvas.restyle(rest, (attr) => this.theme.selected(attr, focused));
    }
  }

  private words(container: Container): { text: string; attr: Attr } | undefined {
    const pending = this.state.containers.pending.get(container.id);
    if (pending) return { text: pendingWords(pending, this.state.now), attr: this.theme.notice };
    if (hasNumbers({ kind: 'container', key: '', container, depth: 0, last: false })) return undefined;
    const text = statusWords(container, this.state.now);
    if (text === undefined) return undefined;
    const { tone } = markOf(container);
    return { text, attr: tone === 'error' ? this.theme.error : this.theme.dim };
  }

  private reading(row: Row): Sample | undefined {
    const { readings } = this.sources;
    return row.kind === 'container' ? readings.latest(row.key) : groupReading(readings, row.project, row.members);
  }

  private mark(row: Row): readonly Span[] {
    const { mark } = this.canvas.glyphs;
    if (row.kind === 'group') return [{ text: ` ${row.folded ? mark.closed : mark.open}`, attr: this.theme.dim }];
    const isMarked = this.state.table.marks.has(row.key);
    const { mark: name, tone } = markOf(row.container);
    return [
      { text: isMarked ? mark.marked : ' ', attr: this.theme.key },
      { text: mark[name], attr: toneAttr(this.theme, tone) },
    ];
  }

  private name(row: Row): readonly Span[] {
    if (row.kind === 'group') return [{ text: row.project, attr: this.theme.strong }];
    const { tree } = this.canvas.glyphs;
    const prefix = row.depth === 0 ? '' : row.last ? tree.last : tree.branch;
    const alive = isRunning(row.container.state.status);
    return [
      { text: prefix, attr: this.theme.faint },
      { text: row.container.config.name, attr: alive ? this.theme.text : this.theme.dim },
    ];
  }

  private cpuGraph(canvas: Canvas, rect: Rect, row: Row): void {
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

  private cores(row: Row): readonly Span[] {
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

  private memoryBar(canvas: Canvas, rect: Rect, row: Row): void {
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

  private memory(row: Row): readonly Span[] {
    if (!hasNumbers(row)) return [];
    const { used, limit } = this.reading(row)?.memory ?? {};
    return [
      { text: bytes(used).padStart(4), attr: stopOf(this.theme.resource.memory, (used ?? NaN) / (limit ?? NaN)) },
      ...(row.kind === 'group' ? [] : [{ text: `/${bytes(limit)}`, attr: this.theme.dim }]),
    ];
  }

  private badges(row: Row): readonly Span[] {
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

  private quietZero(text: string): readonly Span[] {
    const isQuiet = text === '0' || text === this.canvas.glyphs.none || text === '–';
    return [{ text, attr: isQuiet ? this.theme.dim : this.theme.text }];
  }
}

/** Whether there are numbers to show: a container that runs, a project in which one does. */
function hasNumbers(row: Row): boolean {
  if (row.kind === 'group') return row.members.some(({ state }) => isRunning(state.status));
  return row.container.state.status === 'running' || row.container.state.status === 'paused';
}

function total(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b;
}
