// A directory of a volume, as ls -l would show it; where one is in it stands above.
import { modeWords } from '../../present/volume.js';
import { age, bytes } from '../../present/units.js';
import { directoryOf, filesOf, volumePosition } from '../../reducers/volumes.js';
import { truncate, type Attr, type Canvas, type Rect } from '../../screen/index.js';
import type { State } from '../../state.js';
import { selectedVolume } from '../../volume-rows.js';
import type { VolumeFile } from '../../volumes/port.js';
import { paintTable, type Column } from '../../widgets/index.js';

export function paintFiles(canvas: Canvas, rect: Rect, state: State, focused: boolean): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  const say = (text: string, attr: Attr = theme.dim): void => {
    view.text(rect.x + 1, rect.y + 1, truncate(text, rect.width - 2, glyphs.ellipsis), attr);
  };
  if (selectedVolume(state) === undefined) {
    say('No volume is selected.');
    return;
  }
  const found = directoryOf(state);
  const path = `/${state.volumes.path.join('/')}`;
  const isCut = found !== undefined && 'files' in found && found.isCut;
  const place = isCut ? `${path}   the first ${found.files.length} of very many` : path;
  if (found === undefined) return;
  if ('failed' in found || found.files.length === 0) {
    view.text(rect.x + 1, rect.y, truncate(place, rect.width - 2, glyphs.ellipsis), theme.strong);
    if ('failed' in found) say(found.failed, theme.error);
    else say('There is nothing in it.');
    return;
  }
  const dim = (): Attr => theme.dim;
  const right = { align: 'right' } as const;
  const columns: readonly Column<VolumeFile>[] = [
    { id: 'mode', title: 'MODE', min: 10, priority: 3, cell: modeWords, style: dim },
    {
      id: 'owner',
      title: 'OWNER',
      min: 11,
      priority: 4,
      ...right,
      cell: ({ uid, gid }) => `${uid}:${gid}`,
      style: dim,
    },
    {
      id: 'size',
      title: 'SIZE',
      min: 5,
      priority: 1,
      ...right,
      cell: ({ kind, sizeBytes }) => (kind === 'file' ? bytes(sizeBytes) : ''),
    },
    {
      id: 'age',
      title: 'AGE',
      min: 5,
      priority: 2,
      ...right,
      cell: ({ modified }) => age(state.now - modified),
      style: dim,
    },
    {
      id: 'name',
      // Where one is belongs to the names below it.
      title: place,
      min: 20,
      max: 400,
      priority: 0,
      cell: ({ name, kind, target }) => [
        { text: name, attr: kind === 'directory' ? theme.strong : kind === 'file' ? theme.text : theme.dim },
        { text: kind === 'directory' ? '/' : target === undefined ? '' : ` -> ${target}`, attr: theme.dim },
      ],
    },
  ];
  paintTable(
    canvas,
    { ...rect, x: rect.x + 1, width: rect.width - 2 },
    {
      columns,
      rows: filesOf(state),
      position: volumePosition(state, 'files'),
      focused,
      rowTarget: (_file, index) => ({ kind: 'entry-line', id: 'files', index }),
    },
  );
}
