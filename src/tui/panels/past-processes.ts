// The processes of a container at a moment of the past: those that mattered, as they were written down, and what they waited for.
import type { PastProcess, PastProcesses } from '../../metrics/index.js';
import { clock, rate } from '../present/units.js';
import type { Canvas, Rect } from '../screen/index.js';
import { LIST_START, paintTable, type Column } from '../widgets/index.js';
import { processColumns } from './process-columns.js';

export function paintPastProcesses(canvas: Canvas, rect: Rect, processes: PastProcesses | 'reading' | undefined): void {
  const { theme } = canvas;
  const view = canvas.within(rect);
  if (processes === 'reading') return;
  if (processes === undefined) {
    view.text(
      rect.x + 1,
      rect.y + 1,
      'Nobody looked at its processes then: they are written down while it runs.',
      theme.dim,
    );
    return;
  }
  const { at, count, top } = processes;
  const others = count - top.length;
  const summary = `as of ${clock(at)} · ${count === 1 ? '1 process' : `${count} processes`}`;
  view.text(rect.x + 1, rect.y, others > 0 ? `${summary}, the ${top.length} that used most` : summary, theme.dim);
  paintTable(
    canvas,
    { x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 1 },
    {
      columns: columns(canvas),
      rows: top,
      position: { ...LIST_START, selected: -1 },
      focused: false,
      rowTarget: () => ({ kind: 'tabs' }),
    },
  );
}

function columns({ theme }: Canvas): readonly Column<PastProcess>[] {
  const right = { align: 'right' } as const;
  const { host, state, cpu, memory, threads } = processColumns<PastProcess>(theme, (p) => p.cores);
  return [
    host,
    state,
    cpu,
    memory,
    { id: 'read', title: 'read/s', min: 6, priority: 3, ...right, cell: (p) => rate(p.readBytes) },
    { id: 'write', title: 'write/s', min: 7, priority: 3, ...right, cell: (p) => rate(p.writeBytes) },
    threads,
    {
      id: 'waits',
      title: 'WAITS IN',
      min: 16,
      max: 24,
      priority: 2,
      cell: (p) => p.waitsIn ?? '',
      style: () => theme.dim,
    },
    { id: 'name', title: 'NAME', min: 16, max: 60, priority: 0, cell: (p) => p.name },
  ];
}
