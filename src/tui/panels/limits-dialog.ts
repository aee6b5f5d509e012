// The limits dialog: beside each limit what is used now and what was used in the last five minutes, so that a limit is a
// judgement and no guess.
import type { Sample, SeriesName } from '../../metrics/index.js';
import type { LimitsOverlay } from '../overlays.js';
import { bytes, cores, count, rate } from '../present/units.js';
import { DEFAULT_WEIGHTS, LIMIT_FIELDS, memoryWarning, type LimitField } from '../reducers/limits.js';
import { truncate, type Canvas, type Ramp, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { fieldOf, graphCapacity, modalRect, paintForm, paintGraphRow, paintModal } from '../widgets/index.js';

interface Row {
  readonly label: string;
  readonly unit: string;
  readonly now: (sample: Sample | undefined) => string;
  readonly series?: SeriesName;
  readonly ramp?: Ramp;
  readonly show?: (value: number) => string;
}

const SPAN_MS = 5 * 60_000;
const COLUMN = { now: 14, field: 25, unit: 38, graph: 46 } as const;
const GRAPH_CELLS = 24;
/** "most 4.2M/s" */
const MOST_CELLS = 14;
const WIDTH = 90;

function rowsOf(canvas: Canvas, disk: string | undefined): Readonly<Record<LimitField, Row>> {
  const { cpu, memory, io, pids } = canvas.theme.resource;
  const device = disk?.replace('/dev/', '') ?? canvas.glyphs.none;
  return {
    cpu: { label: 'cpu', unit: 'cores', now: (s) => cores(s?.cpu.cores), series: 'cpu.cores', ramp: cpu, show: cores },
    memory: {
      label: 'memory',
      unit: '',
      now: (s) => bytes(s?.memory.used),
      series: 'memory.used',
      ramp: memory,
      show: bytes,
    },
    reads: {
      label: 'reads',
      unit: device,
      now: (s) => `${rate(s?.io.readBytes)}/s`,
      series: 'io.readBytes',
      ramp: io,
      show: (v) => `${rate(v)}/s`,
    },
    writes: {
      label: 'writes',
      unit: device,
      now: (s) => `${rate(s?.io.writeBytes)}/s`,
      series: 'io.writeBytes',
      ramp: io,
      show: (v) => `${rate(v)}/s`,
    },
    'cpu-weight': { label: 'cpu weight', unit: `of ${DEFAULT_WEIGHTS['cpu-weight']}`, now: () => '' },
    'io-weight': { label: 'io weight', unit: `of ${DEFAULT_WEIGHTS['io-weight']}`, now: () => '' },
    pids: {
      label: 'pids',
      unit: '',
      now: (s) => count(s?.pids.current),
      series: 'pids.current',
      ramp: pids,
      show: count,
    },
  };
}

export function paintLimits(canvas: Canvas, state: State, sources: Sources, overlay: LimitsOverlay): void {
  const { theme, glyphs } = canvas;
  const container = state.containers.byId.get(overlay.id);
  if (!container) return;
  const { name } = container.config;
  const sample = sources.readings.latest(overlay.id);
  const rect = modalRect(canvas, Math.min(WIDTH, canvas.width), LIMIT_FIELDS.length + 7);
  const isLive = container.state.status === 'running' || container.state.status === 'paused';
  const inner = paintModal(canvas, rect, {
    titles: [{ text: `limits of ${name}` }, { text: isLive ? 'live' : 'from the next start' }],
    focused: true,
    keys: [
      { key: glyphs.enter, label: 'apply' },
      { key: glyphs.escape, label: 'cancel' },
      { key: 'ctrl-z', label: 'undoes', target: { kind: 'command', id: 'undo' } },
    ],
  });
  const view = canvas.within(inner);
  const { x, y } = inner;
  const graphCells = Math.min(GRAPH_CELLS, inner.width - COLUMN.graph - MOST_CELLS);
  const hasGraphs = graphCells > 0;
  view.text(x + COLUMN.now, y, 'now', theme.dim);
  view.text(x + COLUMN.field, y, 'limit', theme.dim);
  if (hasGraphs) view.text(x + COLUMN.graph, y, 'last 5 minutes', theme.dim);

  const rows = rowsOf(canvas, state.host.disk);
  const warning = memoryWarning(overlay.form, sample?.memory.used, name);
  let line = y + 1;
  for (const id of LIMIT_FIELDS) {
    const row = rows[id];
    const field = fieldOf(overlay.form, id);
    const focused = overlay.form.focus === id;
    view.text(x, line, row.label, focused ? theme.strong : theme.text);
    view.text(x + COLUMN.now, line, row.now(sample), theme.text);
    if (field?.kind === 'text') {
      const cell = { x: x + COLUMN.field - 2, y: line, width: 12, height: 1 };
      paintForm(view, cell, {
        rows: [{ ...field, label: '', placeholder: glyphs.none }],
        focus: overlay.form.focus,
        top: 0,
      });
      canvas.region({ x, y: line, width: inner.width, height: 1 }, { kind: 'field', id });
    }
    if (field?.error !== undefined) {
      view.text(x + COLUMN.unit, line, truncate(field.error, inner.width - COLUMN.unit, glyphs.ellipsis), theme.error);
    } else {
      view.text(x + COLUMN.unit, line, row.unit, theme.dim);
      if (hasGraphs)
        paintPast(
          view,
          { x: x + COLUMN.graph, y: line, width: graphCells, height: 1 },
          state,
          sources,
          overlay.id,
          row,
        );
    }
    line += 1;
    if (id === 'memory' && warning !== undefined) {
      view.text(x + COLUMN.now, line, `${glyphs.mark.suffers} ${warning}`, theme.notice);
      line += 1;
    }
  }
  paintFoot(view, x, inner.y + inner.height - 2, overlay);
}

function paintPast(view: Canvas, { x, y, width }: Rect, state: State, sources: Sources, id: string, row: Row): void {
  if (row.series === undefined || row.ramp === undefined || row.show === undefined) return;
  const points = graphCapacity(width, view.glyphs);
  const stepMs = SPAN_MS / points;
  const until = Math.ceil(state.now / stepMs) * stepMs;
  const { values, peaks } = sources.readings.history(id, row.series, SPAN_MS, points, until);
  paintGraphRow(view, x, y, width, { values, ramp: row.ramp });
  let most = NaN;
  for (const peak of peaks) if (!(peak <= most)) most = Number.isNaN(peak) ? most : peak;
  view.text(x + width + 1, y, `most ${row.show(most)}`, view.theme.dim);
}

function paintFoot(view: Canvas, x: number, y: number, { failure, busy }: LimitsOverlay): void {
  const { theme, glyphs } = view;
  if (busy) view.text(x, y + 1, 'A moment …', theme.dim);
  else if (failure !== undefined) view.text(x, y + 1, truncate(failure, WIDTH - 6, glyphs.ellipsis), theme.error);
  let at = x + view.text(x, y, 'presets   ', theme.dim);
  for (const [key, label] of [
    ['q', 'quiet down'],
    ['h', 'halve'],
    ['p', 'pause'],
    ['x', 'clear a limit'],
  ] as const) {
    at += view.text(at, y, key, theme.key) + 1;
    at += view.text(at, y, label, theme.dim) + 3;
  }
}
