// The columns of the table: those that were chosen, with what fills their cells.
import type { Sample } from '../../../metrics/index.js';
import type { ColumnName } from '../../columns.js';
import { ageOf, runningOf } from '../../present/container.js';
import { portsOfContainer } from '../../present/network.js';
import { count, rate } from '../../present/units.js';
import type { Row } from '../../rows.js';
import type { Theme } from '../../screen/index.js';
import type { State } from '../../state.js';
import type { Column } from '../../widgets/index.js';
import { hasNumbers, type Cells } from './cells.js';
import { networkColumns } from './network-columns.js';
import { columnsOnDemand } from './on-demand.js';

/** Below this width reads and writes share a column. */
const WIDE = 100;

type Shown = ColumnName | 'io';

export function sortedColumn({ table, size }: State): string {
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
    case 'net':
    case 'pressure':
    case 'pids':
    case 'age':
      return table.sort;
  }
}

/** The columns that were chosen; on a narrow screen reads and writes share one, in the place of the first of them. */
function namesFor(width: number, chosen: readonly ColumnName[]): readonly Shown[] {
  const names = chosen.includes('name') ? chosen : (['name', ...chosen] as const);
  if (width >= WIDE || !(names.includes('read') && names.includes('write'))) return names;
  const first = names.find((name) => name === 'read' || name === 'write');
  return names.flatMap((name) =>
    name === first ? ['io' as const] : name === 'read' || name === 'write' ? [] : [name],
  );
}

export function columnsFor(width: number, state: State, theme: Theme, cells: Cells): readonly Column<Row>[] {
  const text = (pick: (sample: Sample | undefined) => string) => (row: Row) =>
    hasNumbers(row) ? cells.quietZero(pick(cells.reading(row))) : '';
  const io = (id: string, pick: (sample: Sample | undefined) => number | undefined): Column<Row> => ({
    id,
    title: id,
    min: 5,
    priority: 3,
    align: 'right',
    cell: text((sample) => rate(pick(sample))),
  });
  const known: Readonly<Record<Shown, Column<Row>>> = {
    name: { id: 'name', title: 'NAME', min: 12, max: 30, priority: 0, cell: (row) => cells.name(row) },
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
      cell: (row) => (canvas, rect) => cells.cpuGraph(canvas, rect, row),
    },
    cores: { id: 'cores', title: 'cores', min: 9, priority: 0, cell: (row) => cells.cores(row) },
    memory: {
      id: 'memory',
      title: 'MEMORY',
      min: 7,
      max: 14,
      priority: 5,
      cell: (row) => (canvas, rect) => cells.memoryBar(canvas, rect, row),
    },
    used: { id: 'used', title: 'used/limit', min: 10, priority: 1, cell: (row) => cells.memory(row) },
    io: io('io', (sample) => total(sample?.io.readBytes, sample?.io.writeBytes)),
    read: io('read', (sample) => sample?.io.readBytes),
    write: io('write', (sample) => sample?.io.writeBytes),
    ...columnsOnDemand(theme),
    ...networkColumns(theme, state, (row) => (hasNumbers(row) ? cells.reading(row) : undefined)),
    pressure: { id: 'pressure', title: 'PRESSURE', min: 12, max: 22, priority: 1, cell: (row) => cells.badges(row) },
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
      cell: (row) => (row.kind === 'container' && hasNumbers(row) ? ageOf(row.container, state.now) : ''),
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
  const mark: Column<Row> = { id: 'mark', title: '', min: 2, priority: 0, cell: (row) => cells.mark(row) };
  const hasPorts = state.containers.list.some((one) => portsOfContainer(state.networks.list ?? [], one) !== '');
  // No room is given to what nobody has.
  const names = namesFor(width, state.table.columns).filter((name) => name !== 'ports' || hasPorts);
  return [mark, ...names.map((name) => known[name])];
}

function total(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : a + b;
}
