// The Volumes view: the volumes there are, and below them the files of the selected one, and what is known of it.
import { cataloguePanes } from '../catalogue.js';
import { bytes } from '../present/units.js';
import { volumeCatalogue, volumeFactsOf, volumePosition } from '../reducers/volumes.js';
import type { Canvas } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import { selectedVolume, volumeRows } from '../volume-rows.js';
import { VOLUME_TABS } from '../volumes/columns.js';
import { bytesOf, shownName } from '../volumes/using.js';
import { paintCatalogue } from './catalogue.js';
import { paintFactLines } from './facts.js';
import { paintFiles } from './volumes/files.js';
import { paintVolumeList } from './volumes/list.js';

export function paintVolumes(canvas: Canvas, state: State, _sources: Sources): void {
  const { list = [], tab, sizes } = state.volumes;
  const volume = selectedVolume(state);
  paintCatalogue(canvas, state, {
    noun: 'volumes',
    slice: state.volumes,
    panes: cataloguePanes(volumeCatalogue, state),
    shown: volumeRows(state).length,
    sum: list.length === 0 ? undefined : `${bytes(bytesOf(sizes, list))} in all`,
    nothing: {
      sentence: 'There is no volume here yet.',
      choices: [
        ['create-volume', 'make one: what is in it outlives the containers that use it; a mount name:/inside has it'],
      ],
    },
    paintRows: (rect, focused) => paintVolumeList(canvas, rect, state, focused),
    tabs: VOLUME_TABS.map((id) => ({ id, text: id })),
    remark: volume === undefined ? undefined : shownName(volume),
    paintTab: (rect, focused) => {
      if (tab === 'files') {
        paintFiles(canvas, rect, state, focused);
        return;
      }
      const position = volumePosition(state, 'about');
      const nothing = 'No volume is selected.';
      paintFactLines(canvas, rect, { facts: volumeFactsOf(state), position, tab, focused, nothing });
    },
  });
}
