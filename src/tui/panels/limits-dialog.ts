// The limits dialog: beside each limit what is used now and what was used in the last five minutes, so that a limit is a
// judgement and no guess; below it what would come of the change, before it is made. Of several at once: how they differ.
import type { Container } from '../../engine/index.js';
import type { Sample, SeriesName } from '../../metrics/index.js';
import type { LimitsOverlay } from '../state/overlays.js';
import { consequenceOf, type Consequence } from '../present/limit-consequences.js';
import { bytes, cores, count, plural, rate } from '../present/units.js';
import { isBulk, limited, presetTextsOf, touched } from '../reducers/limits-overlay.js';
import { DEFAULT_WEIGHTS, initialTexts, LIMIT_FIELDS, sizeOf, type LimitField } from '../reducers/limits.js';
import { truncate, wrap, type Canvas, type Ramp, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import {
  fieldOf,
  graphCapacity,
  modalRect,
  paintForm,
  paintGraphRow,
  paintModal,
  type TextField,
} from '../widgets/index.js';

interface Row {
  readonly label: string;
  readonly unit: string;
  readonly value?: (sample: Sample) => number | undefined;
  readonly series?: SeriesName;
  readonly ramp?: Ramp;
  readonly show: (value: number | undefined) => string;
  /** after the last of several values */
  readonly per?: string;
}

const SPAN_MS = 5 * 60_000;
const COLUMN = { now: 14, field: 25, unit: 38, graph: 46 } as const;
const GRAPH_CELLS = 24;
/** "most 4.2M/s" */
const MOST_CELLS = 14;
const WIDTH = 90;
/** Rows besides the fields: the frame, a heading, a gap, two for the presets and for what is wrong. */
const OTHER_ROWS = 7;

function rowsOf(canvas: Canvas, disk: string | undefined): Readonly<Record<LimitField, Row>> {
  const { cpu, memory, io, pids } = canvas.theme.resource;
  const device = disk?.replace('/dev/', '') ?? canvas.glyphs.none;
  const nothing = (): string => '';
  return {
    cpu: { label: 'cpu', unit: 'cores', value: (s) => s.cpu.cores, series: 'cpu.cores', ramp: cpu, show: cores },
    memory: {
      label: 'memory',
      unit: '',
      value: (s) => s.memory.used,
      series: 'memory.used',
      ramp: memory,
      show: bytes,
    },
    'memory-high': { label: 'memory high', unit: 'slows, never kills', show: nothing },
    reserved: { label: 'reserved', unit: 'memory', show: nothing },
    reads: {
      label: 'reads',
      unit: device,
      value: (s) => s.io.readBytes,
      series: 'io.readBytes',
      ramp: io,
      show: rate,
      per: '/s',
    },
    writes: {
      label: 'writes',
      unit: device,
      value: (s) => s.io.writeBytes,
      series: 'io.writeBytes',
      ramp: io,
      show: rate,
      per: '/s',
    },
    'cpu-weight': { label: 'cpu weight', unit: `of ${DEFAULT_WEIGHTS['cpu-weight']}`, show: nothing },
    'io-weight': { label: 'io weight', unit: `of ${DEFAULT_WEIGHTS['io-weight']}`, show: nothing },
    pids: { label: 'pids', unit: '', value: (s) => s.pids.current, series: 'pids.current', ramp: pids, show: count },
  };
}

/** Why a field can set nothing here. */
const MISSING: Readonly<Partial<Record<LimitField, string>>> = {
  'memory-high': 'only where cgroup v2 has the memory',
  'io-weight': 'the kernel has no weights for disks',
};

export function paintLimits(canvas: Canvas, state: State, sources: Sources, overlay: LimitsOverlay): void {
  const { theme, glyphs } = canvas;
  const containers = limited(state, overlay);
  const [first] = containers;
  if (!first) return;
  const width = Math.min(WIDTH, canvas.width);
  const spare = canvas.height - LIMIT_FIELDS.length - OTHER_ROWS;
  const room = width - 4 - COLUMN.now - 2;
  const said = fitting(saidOf(state, sources, overlay, containers, room), spare, (line) =>
    truncate(`${line} ${glyphs.ellipsis}`, room, glyphs.ellipsis),
  );
  const saidRows = [...said.values()].reduce((sum, { lines }) => sum + lines.length, 0);
  const rect = modalRect(canvas, width, LIMIT_FIELDS.length + OTHER_ROWS + saidRows);
  const isLive = containers.some(({ state: { status } }) => status === 'running' || status === 'paused');
  const whose = isBulk(overlay) ? plural(containers.length, 'container') : first.config.name;
  const inner = paintModal(canvas, rect, {
    titles: [{ text: `limits of ${whose}` }, { text: isLive ? 'live' : 'from the next start' }],
    focused: true,
    keys: [
      { key: glyphs.enter, label: 'apply' },
      { key: glyphs.escape, label: 'cancel' },
      { key: 'ctrl-z', label: 'undoes', target: { kind: 'command', id: 'undo' } },
    ],
  });
  const view = canvas.within(inner);
  const { x, y } = inner;
  view.text(x + COLUMN.now, y, 'now', theme.dim);
  view.text(x + COLUMN.field, y, 'limit', theme.dim);
  const aside = isBulk(overlay) ? 'each of them' : 'last 5 minutes';
  if (inner.width > COLUMN.graph) view.text(x + COLUMN.graph, y, aside, theme.dim, inner.width - COLUMN.graph);

  const rows = rowsOf(canvas, state.host.disk);
  let line = y + 1;
  for (const id of LIMIT_FIELDS) {
    paintRow(view, { ...inner, y: line, height: 1 }, id, rows[id], { state, sources, overlay, containers });
    line += 1;
    const { lines = [], hurts = false } = said.get(id) ?? {};
    for (const [i, text] of lines.entries()) {
      const mark = i > 0 ? ' ' : hurts ? glyphs.mark.suffers : glyphs.none;
      view.text(x + COLUMN.now, line, `${mark} ${text}`, hurts ? theme.notice : theme.dim);
      line += 1;
    }
  }
  paintFoot(view, { ...inner, y: inner.y + inner.height - 2, height: 2 }, overlay);
}

interface Subject {
  readonly state: State;
  readonly sources: Sources;
  readonly overlay: LimitsOverlay;
  readonly containers: readonly Container[];
}

function paintRow(view: Canvas, rect: Rect, id: LimitField, row: Row, subject: Subject): void {
  const { theme, glyphs } = view;
  const { state, sources, overlay, containers } = subject;
  const { x, y, width } = rect;
  const field = fieldOf(overlay.form, id);
  const focused = overlay.form.focus === id;
  view.text(x, y, row.label, focused ? theme.strong : theme.text);
  view.text(x + COLUMN.now, y, nowText(row, sources, containers), theme.text, COLUMN.field - COLUMN.now - 1);
  if (field?.kind !== 'text') return;
  const cell = { x: x + COLUMN.field - 2, y, width: 12, height: 1 };
  const placeholder = placeholderOf(view, subject, id, field);
  paintForm(view, cell, { rows: [{ ...field, label: '', placeholder }], focus: overlay.form.focus, top: 0 });
  view.region(rect, { kind: 'field', id });
  const room = width - COLUMN.unit;
  if (field.error !== undefined) {
    view.text(x + COLUMN.unit, y, truncate(field.error, room, glyphs.ellipsis), theme.error);
    return;
  }
  const missing = overlay.missing.has(id) ? MISSING[id] : undefined;
  view.text(x + COLUMN.unit, y, truncate(missing ?? row.unit, room, glyphs.ellipsis), theme.dim);
  if (missing !== undefined || width <= COLUMN.graph) return;
  const past = { ...rect, x: x + COLUMN.graph, width: width - COLUMN.graph };
  if (isBulk(overlay)) {
    const each = containers.map((container) => {
      const limit = initialTexts(container, state.host.disk)[id];
      return `${container.config.name} ${limit === '' ? glyphs.none : limit}`;
    });
    const isSaid = row.value !== undefined || overlay.differs.has(id);
    if (isSaid) view.text(past.x, y, truncate(each.join('  '), past.width, glyphs.ellipsis), theme.dim);
  } else {
    paintPast(view, past, state, sources, containers[0]!.id, row);
  }
}

/** What is used now: of several the least and the most. */
function nowText({ value, show, per = '' }: Row, sources: Sources, containers: readonly Container[]): string {
  if (value === undefined) return '';
  const values = containers.flatMap(({ id }) => {
    const sample = sources.readings.latest(id);
    return (sample === undefined ? undefined : value(sample)) ?? [];
  });
  if (values.length === 0) return show(undefined);
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))];
  return least === most ? `${most}${per}` : `${least}–${most}${per}`;
}

/** What an empty field means: no limit, or, of several, that each keeps its own or gets one of its own. */
function placeholderOf(
  { glyphs }: Canvas,
  { state, overlay, containers }: Subject,
  id: LimitField,
  field: TextField,
): string {
  if (!isBulk(overlay) || field.line.text !== '') return glyphs.none;
  if (containers.some((container) => presetTextsOf(state, overlay, container)[id] !== undefined)) return 'its own';
  return overlay.differs.has(id) && !overlay.cleared.has(id) ? 'differs' : glyphs.none;
}

interface Said {
  readonly lines: readonly string[];
  readonly hurts: boolean;
}

/** What would come of what was touched, field by field, wrapped to the room there is. */
function saidOf(
  state: State,
  sources: Sources,
  overlay: LimitsOverlay,
  containers: readonly Container[],
  width: number,
): ReadonlyMap<LimitField, Said> {
  const said = new Map<LimitField, Said>();
  for (const [id, text] of touched(overlay)) {
    const found = containers.flatMap((container) => {
      const consequence = consequenceFor(state, sources, overlay, container, id, text);
      return consequence === undefined ? [] : [{ name: container.config.name, consequence }];
    });
    const worst = found.find(({ consequence }) => consequence.hurts) ?? found[0];
    if (worst === undefined) continue;
    const { text: clause, hurts } = worst.consequence;
    const others = found.filter(({ consequence }) => consequence.hurts === hurts).length - 1;
    const who = isBulk(overlay) && hurts ? `${worst.name}${others > 0 ? ` and ${others} more` : ''}: ` : '';
    said.set(id, { lines: wrap(`${who}${clause}`, width), hurts });
  }
  return said;
}

/** On a short screen each keeps its first line, and what hurts comes before what is good to know. */
function fitting(
  said: ReadonlyMap<LimitField, Said>,
  rows: number,
  cut: (line: string) => string,
): ReadonlyMap<LimitField, Said> {
  const entries = [...said];
  if (entries.reduce((sum, [, { lines }]) => sum + lines.length, 0) <= rows) return said;
  const short = entries.map(([id, { lines, hurts }]): [LimitField, Said] => [
    id,
    { lines: [lines.length > 1 ? cut(lines[0]!) : lines[0]!], hurts },
  ]);
  const worst = [...short].sort(([, a], [, b]) => Number(b.hurts) - Number(a.hurts)).slice(0, Math.max(0, rows));
  return new Map(worst);
}

function consequenceFor(
  state: State,
  sources: Sources,
  overlay: LimitsOverlay,
  container: Container,
  id: LimitField,
  text: string,
): Consequence | undefined {
  const { status } = container.state;
  const isLive = status === 'running' || status === 'paused';
  const typed = touched(overlay).get('memory');
  return consequenceOf(id, text, {
    name: container.config.name,
    sample: isLive ? sources.readings.latest(container.id) : undefined,
    memoryLimit: sizeOf(typed ?? initialTexts(container, undefined).memory),
    isV1: overlay.missing.has('memory-high'),
    ioWeights: state.host.ioWeights,
  });
}

function paintPast(view: Canvas, rect: Rect, state: State, sources: Sources, id: string, row: Row): void {
  if (row.series === undefined || row.ramp === undefined) return;
  const width = Math.min(GRAPH_CELLS, rect.width - MOST_CELLS);
  if (width <= 0) return;
  const points = graphCapacity(width, view.glyphs);
  const stepMs = SPAN_MS / points;
  const until = Math.ceil(state.now / stepMs) * stepMs;
  const { values, peaks } = sources.readings.history(id, row.series, SPAN_MS, points, until);
  paintGraphRow(view, rect.x, rect.y, width, { values, ramp: row.ramp });
  let most = NaN;
  for (const peak of peaks) if (!(peak <= most)) most = Number.isNaN(peak) ? most : peak;
  view.text(rect.x + width + 1, rect.y, `most ${row.show(most)}${row.per ?? ''}`, view.theme.dim);
}

function paintFoot(view: Canvas, { x, y, width }: Rect, overlay: LimitsOverlay): void {
  const { theme, glyphs } = view;
  const { failure, busy, presets } = overlay;
  if (busy) view.text(x, y + 1, 'A moment …', theme.dim);
  else if (failure !== undefined) view.text(x, y + 1, truncate(failure, width, glyphs.ellipsis), theme.error);
  let at = x + view.text(x, y, 'presets   ', theme.dim);
  for (const [key, label] of [
    ['q', presets.includes('quiet') ? 'harder' : 'quiet down'],
    ['h', 'halve'],
    ['p', 'pause'],
    ['x', 'clear a limit'],
  ] as const) {
    at += view.text(at, y, key, theme.key) + 1;
    at += view.text(at, y, label, theme.dim) + 3;
  }
}
