// Columns of the table that are there when somebody asks for them.
import type { Container } from '../../../engine/index.js';
import type { ColumnName } from '../../columns.js';
import { markOf, statusWord, type Tone } from '../../present/container.js';
import type { Row } from '../../rows.js';
import type { Attr, Theme } from '../../screen/index.js';
import type { Column } from '../../widgets/index.js';

const ID_CELLS = 12;

type OnDemand = Extract<ColumnName, 'status' | 'restarts' | 'project' | 'id'>;

export const toneAttr = (theme: Theme, tone: Tone): Attr =>
  ({ good: theme.good, dim: theme.dim, notice: theme.notice, error: theme.error })[tone];

const ofContainer =
  (pick: (container: Container) => string) =>
  (row: Row): string =>
    row.kind === 'container' ? pick(row.container) : '';

export function columnsOnDemand(theme: Theme): Readonly<Record<OnDemand, Column<Row>>> {
  const dim = (): Attr => theme.dim;
  return {
    status: {
      id: 'status',
      title: 'STATUS',
      min: 10,
      priority: 3,
      cell: ofContainer(statusWord),
      style: (row) => (row.kind === 'container' ? toneAttr(theme, markOf(row.container).tone) : theme.dim),
    },
    restarts: {
      id: 'restarts',
      title: 'RESTARTS',
      min: 8,
      priority: 6,
      align: 'right',
      cell: ofContainer(({ state }) => String(state.restartCount)),
      style: (row) => (row.kind === 'container' && row.container.state.restartCount > 0 ? theme.notice : theme.dim),
    },
    project: {
      id: 'project',
      title: 'PROJECT',
      min: 10,
      max: 20,
      priority: 6,
      cell: ofContainer(({ config }) => config.project ?? ''),
      style: dim,
    },
    id: {
      id: 'id',
      title: 'ID',
      min: ID_CELLS,
      priority: 7,
      cell: ofContainer(({ id }) => id.slice(0, ID_CELLS)),
      style: dim,
    },
  };
}
