// Tabs and pages that are lists: processes, inspect, launch, events.
import { eventSentence, eventSubject, eventTone } from '../present/event.js';
import { launchLines } from '../present/launch.js';
import { sortedProcesses } from '../present/processes.js';
import { age, clock, cpuTime, milliseconds, plural } from '../present/units.js';
import { filterPattern } from '../filter.js';
import { inspectedLines } from '../reducers/panes.js';
import { truncate, widthOf, type Attr, type Canvas, type Rect } from '../screen/index.js';
import type { State } from '../state.js';
import { fitPosition, paintTable, type Column } from '../widgets/index.js';
import type { Container, ContainerProcess } from '../../engine/index.js';
import { processColumns } from './process-columns.js';

const say = (canvas: Canvas, rect: Rect, text: string, attr: Attr = canvas.theme.dim): void => {
  canvas.within(rect).text(rect.x + 1, rect.y + 1, truncate(text, rect.width - 2, canvas.glyphs.ellipsis), attr);
};

export function paintProcesses(canvas: Canvas, rect: Rect, state: State, container: Container, focused: boolean): void {
  const { theme } = canvas;
  const { processes } = state;
  if (processes.id !== container.id) return;
  if (processes.error !== undefined) {
    say(canvas, rect, processes.error);
    return;
  }
  const rows = sortedProcesses(processes);
  const right = { align: 'right' } as const;
  const shared = processColumns<ContainerProcess>(theme, ({ pid }) => processes.cores.get(pid));
  const columns: readonly Column<ContainerProcess>[] = [
    { id: 'pid', title: 'PID', min: 7, priority: 2, ...right, cell: (p) => String(p.containerPid) },
    shared.host,
    { id: 'user', title: 'UID', min: 6, priority: 5, ...right, cell: (p) => String(p.uid), style: () => theme.dim },
    shared.state,
    shared.cpu,
    shared.memory,
    { id: 'time', title: 'TIME', min: 7, priority: 3, ...right, cell: (p) => cpuTime(p.cpuMs), style: () => theme.dim },
    shared.threads,
    { id: 'command', title: 'COMMAND', min: 20, max: 400, priority: 0, cell: (p) => p.command },
  ];
  paintTable(
    canvas,
    { ...rect, x: rect.x + 1, width: rect.width - 2 },
    {
      columns,
      rows,
      position: fitPosition(processes.position, rows.length, rect.height - 1),
      focused,
      sort: { column: processes.sort, descending: processes.sort !== 'pid' },
      rowTarget: (_row, index) => ({ kind: 'process', index }),
    },
  );
}

export function paintInspect(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const lines = inspectedLines(state);
  const { search } = state.inspect;
  const pattern = search.text === '' ? undefined : filterPattern(search.text);
  const position = fitPosition(state.inspect.position, lines.length, rect.height);
  for (let i = 0; i < rect.height; i++) {
    const index = position.top + i;
    const line = lines[index];
    if (!line) break;
    const y = rect.y + i;
    const x = rect.x + 1 + line.depth * 2;
    const found = pattern?.matches(`${line.key} ${line.value}`) === true;
    let used = 0;
    if (state.inspect.as === 'tree') {
      const mark = line.kind === 'branch' ? (line.folded ? glyphs.mark.closed : glyphs.mark.open) : ' ';
      used += view.text(x, y, `${mark} `, theme.dim);
      used += view.text(x + used, y, line.key, line.kind === 'branch' ? theme.strong : theme.dim);
      used += 2;
    }
    view.text(
      x + used,
      y,
      truncate(line.value, rect.x + rect.width - x - used - 1, glyphs.ellipsis),
      found ? theme.match : theme.text,
    );
    const whole = { x: rect.x, y, width: rect.width, height: 1 };
    canvas.region(whole, { kind: 'branch', index });
    if (index === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  }
}

/** Cells of the bar that shows when a step was done and how long it took. */
const BAR_CELLS = 24;

export function paintLaunch(canvas: Canvas, rect: Rect, state: State, container: Container, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const { launch } = state;
  if (launch.id !== container.id) return;
  if (launch.error !== undefined) {
    say(canvas, rect, launch.error);
    return;
  }
  const { report } = launch;
  if (!report) {
    say(canvas, rect, 'It has not been started yet: there are no steps to show.');
    return;
  }
  const view = canvas.within(rect);
  view.spans(rect.x + 1, rect.y, [
    { text: container.config.name, attr: theme.strong },
    { text: `   started ${age(state.now - Date.parse(report.startedAt))} ago   `, attr: theme.dim },
    { text: `${plural(report.steps.length, 'step')} in ${milliseconds(report.totalUs)} ms`, attr: theme.text },
  ]);
  const lines = launchLines(report);
  const bar = rect.width >= 100 ? BAR_CELLS : 8;
  const height = rect.height - 2;
  const position = fitPosition(launch.position, lines.length, height);
  const titleWidth = Math.min(18, Math.max(10, ...lines.map(({ title }) => title.length)) + 1);
  for (let i = 0; i < height; i++) {
    const index = position.top + i;
    const line = lines[index];
    if (!line) break;
    const y = rect.y + 2 + i;
    let x = rect.x + 1;
    x += view.text(x, y, milliseconds(line.atUs).padStart(7), theme.dim) + 1;
    paintSpan(view, x, y, bar, line.atUs / report.totalUs, line.durationUs / report.totalUs);
    x += bar + 1;
    view.text(x, y, line.title, theme.strong, titleWidth);
    x += titleWidth;
    view.text(x, y, truncate(line.detail, rect.x + rect.width - x - 9, glyphs.ellipsis), theme.text);
    view.text(rect.x + rect.width - 8, y, milliseconds(line.durationUs).padStart(7), theme.dim);
    const whole = { x: rect.x, y, width: rect.width, height: 1 };
    canvas.region(whole, { kind: 'step', index });
    if (index === position.selected) view.restyle(whole, (attr) => theme.selected(attr, focused));
  }
}

/** A stretch of time in a bar of `width` cells, from and length as shares of the whole. */
function paintSpan(view: Canvas, x: number, y: number, width: number, from: number, length: number): void {
  const { glyphs, theme } = view;
  const start = Math.min(width - 1, Math.floor(from * width));
  const cells = length * width;
  const attr = length >= 0.3 ? theme.notice : theme.resource.cpu[0];
  for (let i = 0; i < width; i++) {
    const part = Math.max(0, Math.min(1, cells - (i - start)));
    if (i < start || (part === 0 && i > start)) view.put(x + i, y, glyphs.ascii ? '.' : '·', theme.faint);
    else view.put(x + i, y, glyphs.lengths[Math.max(1, Math.round(part * 8))]!, attr);
  }
}

const CLOCK_CELLS = 8;
const DAY_CELLS = 7;
/** Names that are longer are cut. */
const SUBJECT_CELLS = 24;

export function paintEvents(canvas: Canvas, rect: Rect, state: State): void {
  const { theme, glyphs } = canvas;
  const { list, back } = state.events;
  if (list.length === 0) {
    say(canvas, rect, 'Nothing has happened yet.');
    return;
  }
  const view = canvas.within(rect);
  const [oldest] = list;
  const times = dayOf(oldest!.time, state.now) === '' ? CLOCK_CELLS : DAY_CELLS + CLOCK_CELLS;
  const names = Math.min(SUBJECT_CELLS, Math.max(...list.map((event) => widthOf(eventSubject(event)))));
  const last = Math.max(0, list.length - back);
  const shown = list.slice(Math.max(0, last - rect.height), last);
  shown.forEach((event, i) => {
    const y = rect.y + i;
    const tone = eventTone(event);
    const attr = { good: theme.good, dim: theme.dim, notice: theme.notice, error: theme.error, text: theme.text }[tone];
    let x = rect.x + 1;
    x += view.text(x, y, `${dayOf(event.time, state.now)}${clock(event.time)}`.padStart(times), theme.dim) + 2;
    view.text(x, y, truncate(eventSubject(event), names, glyphs.ellipsis), theme.strong);
    x += names + 2;
    view.text(x, y, truncate(eventSentence(event), rect.x + rect.width - x - 1, glyphs.ellipsis), attr);
  });
}

/** "21 Nov " for an event of another day. */
function dayOf(time: number, now: number): string {
  const date = new Date(time);
  if (date.toDateString() === new Date(now).toDateString()) return '';
  return `${String(date.getDate()).padStart(2)} ${MONTHS[date.getMonth()]!} `;
}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
