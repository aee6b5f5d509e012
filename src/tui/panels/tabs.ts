// The lower pane: the tabs of the selected container, and one for each open shell.
import { takesKeys } from '../keymap.js';
import { inside, layoutOf, panesOf } from '../layout.js';
import { ago, clock } from '../present/units.js';
import { logKey } from '../reducers/logs.js';
import { alarmOf } from '../reducers/splits.js';
import { shellOf, tabsOf } from '../reducers/view.js';
import { selectedContainer, selectedRow } from '../rows.js';
import { truncate, type Canvas, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { Shell, State } from '../state.js';
import { paintFrame, type Title } from '../widgets/index.js';
import { paintGraphs } from './graphs.js';
import { hintsOf } from './hints.js';
import { paintInspect, paintLaunch, paintProcesses } from './lists.js';
import { momentOf } from '../state/moment.js';
import { logsRemark, paintLogs } from './logs.js';
import { paintNetwork } from './network.js';
import { paintPastProcesses } from './past-processes.js';

export function paintTabs(canvas: Canvas, rect: Rect, state: State, sources: Sources): void {
  const panes = panesOf(state, rect);
  panes.forEach(({ tab, rect: room }, i) => {
    const inFront = tab === state.view.tab;
    // A pane that is not in focus is painted as if it were in front of a dashboard whose table has the focus.
    const view = inFront ? state.view : ({ ...state.view, tab, focus: 'table' } as const);
    paintPane(canvas, room, { ...state, view }, sources, panes.length > 1);
    if (i > 0) paintBorder(canvas, room, state.split.direction, i - 1);
  });
  if (rect.y > layoutOf(state).body.y) canvas.region({ ...rect, height: 1 }, { kind: 'border', id: 'table' }, true);
}

/** The border before a pane of a split: what is dragged to share the room anew. */
function paintBorder(canvas: Canvas, rect: Rect, direction: State['split']['direction'], index: number): void {
  const line = direction === 'side' ? { ...rect, x: rect.x - 1, width: 2 } : { ...rect, height: 1 };
  canvas.region(line, { kind: 'border', index }, true);
}

function paintPane(canvas: Canvas, rect: Rect, state: State, sources: Sources, isOneOfMany: boolean): void {
  const focused = state.view.focus === 'tabs' && state.overlay === undefined;
  const right = remark(canvas, state, sources, rect.width);
  const alarm = alarmOf(state);
  const all = titles(canvas, state);
  const inner = paintFrame(canvas, rect, {
    titles: isOneOfMany ? all.filter(({ active }) => active) : all,
    focused,
    keys: hintsOf(state, canvas.glyphs),
    ...(right === undefined ? {} : { right }),
    ...(alarm === undefined ? {} : { alarm }),
  });
  const shell = shellOf(state);
  // What a shell shows is its own to select.
  if (!shell) canvas.region(inner, { kind: 'text' }, true);
  canvas.region(inner, shell ? { kind: 'terminal', index: shell.number } : { kind: 'tabs', id: state.view.tab });
  if (shell) {
    paintShell(canvas, inner, state, sources, shell, focused);
    return;
  }
  const container = selectedContainer(state);
  if (!container) return;
  const padded = { ...inner, x: inner.x + 1, width: inner.width - 2 };
  switch (state.view.tab) {
    case 'graphs': {
      paintGraphs(canvas, padded, state, sources, selectedRow(state)!);
      return;
    }
    case 'logs': {
      paintLogs(canvas, inner, state, sources.logs, logKey(state));
      return;
    }
    case 'processes': {
      const moment = momentOf(state);
      if (moment === undefined) paintProcesses(canvas, inner, state, container, focused);
      else paintPastProcesses(canvas, inner, sources.processesAt(container.id, moment));
      return;
    }
    case 'inspect': {
      paintInspect(canvas, inner, state, focused);
      return;
    }
    case 'launch': {
      paintLaunch(canvas, inner, state, container, focused);
      return;
    }
    case 'network': {
      paintNetwork(canvas, inner, state, sources, container, focused);
      return;
    }
    default:
      return undefined;
  }
}

function titles(canvas: Canvas, state: State): readonly Title[] {
  const { mark } = canvas.glyphs;
  return tabsOf(state).map((tab, i): Title => {
    const number = i + 2;
    const shell = state.shells.list.find((one) => tab === `shell:${one.number}`);
    const text =
      shell === undefined
        ? tab
        : `${shell.marked ? mark.marked : mark.shell}${shell.containerName} ${shellTitle(shell)}${shell.bell ? ` ${mark.bell}` : ''}`;
    return {
      text,
      active: state.view.tab === tab,
      target: { kind: 'tab', id: tab },
      ...(number <= 9 ? { number } : {}),
    };
  });
}

const SHELL_TITLE_CELLS = 18;

const shellTitle = ({ title, status }: Shell): string =>
  status === 'ended' ? 'ended' : truncate(title, SHELL_TITLE_CELLS);

/** At the right of the border: what is special about what one sees. */
function remark({ glyphs }: Canvas, state: State, sources: Sources, width: number): string | undefined {
  const { tab } = state.view;
  const container = selectedContainer(state);
  const shell = shellOf(state);
  if (shell) {
    const terminal = sources.terminal(shell.number);
    if (terminal !== undefined && terminal.scrolledBack > 0) return `${terminal.scrolledBack} lines back`;
    return shell.kind === 'attach' && shell.status === 'open' && !takesKeys(shell)
      ? `watching only; ${glyphs.enter} takes the keys`
      : undefined;
  }
  if (!container) return undefined;
  const row = selectedRow(state);
  const { name } = container.config;
  if (tab === 'graphs') {
    const subject = row?.kind === 'group' ? `all of ${row.project}` : name;
    const { until, spanMs } = state.graphs;
    if (until !== undefined) return `${subject} · held at ${clock(until)}`;
    return spanMs === undefined ? subject : `${subject} · ${ago(spanMs).slice(1)}`;
  }
  if (tab === 'logs') return logsRemark(state, sources.logs, width);
  if (tab === 'inspect') {
    const { search } = state.inspect;
    return search.editing ? `/${search.text}_` : search.text === '' ? name : `/${search.text} · ${name}`;
  }
  if (tab === 'network' && state.connections.found?.isCut === true) return `${name} · more is open than is listed`;
  return name;
}

function paintShell(canvas: Canvas, rect: Rect, state: State, sources: Sources, shell: Shell, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const hasKeys = focused && state.shells.captured && takesKeys(shell);
  sources.terminal(shell.number)?.paint(canvas, rect, hasKeys);
  const line = { x: rect.x, y: rect.y + rect.height - 1, width: rect.width, height: 1 };
  if (shell.status === 'ended') {
    canvas.fill(line, theme.notice);
    canvas.text(
      line.x + 1,
      line.y,
      truncate(`${shell.message ?? 'It has ended.'} ${glyphs.enter} closes this tab.`, rect.width - 2),
      theme.notice,
    );
  } else if (focused && !state.shells.captured && takesKeys(shell)) {
    canvas.fill(line, theme.field);
    canvas.text(
      line.x + 1,
      line.y,
      `The keys are the dashboard’s: ${glyphs.enter} gives them back to the shell.`,
      theme.field,
      rect.width - 2,
    );
  }
}

/** Cells that a shell's terminal has: what its pty is told. */
export function terminalSize(rect: Rect): { readonly columns: number; readonly rows: number } {
  const { width, height } = inside(rect);
  return { columns: width, rows: height };
}
