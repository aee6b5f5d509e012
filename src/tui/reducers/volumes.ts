// The Volumes view: what its panes show, line by line, moving about in directories, and what its own keys do; all else is as on every
// page that lists things.
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import type { Catalogue } from '../catalogue.js';
import type { Fact } from '../present/fact.js';
import { volumeFacts } from '../present/volume.js';
import { plural } from '../present/units.js';
import type { State, VolumesSlice } from '../state.js';
import { selectedVolume, volumeKey, volumeRows, volumeSubjects } from '../volume-rows.js';
import { VOLUME_SORTS, VOLUME_TABS, type VolumeColumn, type VolumeSort, type VolumeTab } from '../volumes/columns.js';
import type { VolumeFile, VolumeRow } from '../volumes/port.js';
import { shownName } from '../volumes/using.js';
import { LIST_START, type ListPosition } from '../widgets/index.js';
import { actsOf, linePosition, listed } from './catalogue.js';
import type { Handler } from './handler.js';

export const withVolumes = (state: State, volumes: Partial<VolumesSlice>): State => ({
  ...state,
  volumes: { ...state.volumes, ...volumes },
});

/** Sizes of what is gone are forgotten. */
export function volumesListed(state: State, { list }: Extract<Action, { type: 'volumes' }>): State {
  const next = listed(VOLUMES, state, list);
  const known = new Set((next.volumes.list ?? []).map(volumeKey));
  const { sizes } = next.volumes;
  return [...sizes.keys()].every((name) => known.has(name))
    ? next
    : withVolumes(next, { sizes: new Map([...sizes].filter(([name]) => known.has(name))) });
}

export function volumeMeasured(state: State, { name, size }: Extract<Action, { type: 'volume-size' }>): State {
  const sizes = new Map(state.volumes.sizes);
  // What is measured again keeps what it had until the new number comes.
  if (size !== 'measuring' || typeof sizes.get(name) !== 'number') sizes.set(name, size);
  return volumeActs.settled(withVolumes(state, { sizes }));
}

export const pathOf = ({ volumes }: State): string => volumes.path.join('/');

/** What stands in the directory that is looked at; undefined until it came. */
export function directoryOf(state: State): NonNullable<VolumesSlice['directory']>['found'] | undefined {
  const { directory } = state.volumes;
  if (directory === undefined || directory.path !== pathOf(state)) return undefined;
  return directory.volume === selectedVolume(state)?.name ? directory.found : undefined;
}

export function directoryCame(
  state: State,
  { volume, path, found }: Extract<Action, { type: 'volume-directory' }>,
): State {
  const failed = 'message' in found ? { failed: found.message } : found;
  return withVolumes(state, { directory: { volume, path, found: failed } });
}

export function filesOf(state: State): readonly VolumeFile[] {
  const found = directoryOf(state);
  return found === undefined || 'failed' in found ? [] : found.files;
}

export function volumeFactsOf(state: State): readonly Fact[] {
  const volume = selectedVolume(state);
  return volume === undefined ? [] : volumeFacts(volume, state.volumes.sizes, state.containers.list, state.now);
}

const NOTHING = 'There is no volume here yet; n makes one.';

const VOLUMES: Catalogue<VolumeRow, VolumeSort, VolumeColumn, VolumeTab> = {
  name: 'volumes',
  tabs: VOLUME_TABS,
  sorts: VOLUME_SORTS,
  slice: ({ volumes }) => volumes,
  with: withVolumes,
  keyOf: volumeKey,
  rows: volumeRows,
  isEmpty: ({ volumes }) => (volumes.list?.length ?? 0) === 0,
  nothing: NOTHING,
  lines: (state, tab) =>
    tab === 'files' ? { total: filesOf(state).length, above: 1 } : { total: volumeFactsOf(state).length, above: 0 },
  position: ({ volumes }, tab) => volumes.at[tab],
  withPosition: (state, tab, position) => withVolumes(state, { at: { ...state.volumes.at, [tab]: position } }),
  afresh: (state) => withVolumes(state, { path: [], at: { files: LIST_START, about: LIST_START } }),
};

export const volumeCatalogue = VOLUMES;

export const volumePosition = (state: State, tab: VolumeTab): ListPosition => linePosition(VOLUMES, state, tab);

export const volumeNames = (volumes: readonly VolumeRow[]): string =>
  volumes.length <= 3 ? volumes.map(shownName).join(', ') : plural(volumes.length, 'volume');

const copied = (state: State, what: string, text: string): Step =>
  step(noticed(state, 'info', `Copied ${what}.`), { type: 'copy', what: 'text', text });

const copy: Handler = (state) => {
  const { focus, tab } = state.volumes;
  const volume = selectedVolume(state);
  if (volume === undefined) return refuse(state, 'There is nothing to copy.');
  if (focus === 'pane' && tab === 'about')
    return copied(
      state,
      'all that is known of it',
      volumeFactsOf(state)
        .map(({ label, value }) => `${label}\t${value}`)
        .join('\n'),
    );
  const file = focus === 'pane' ? filesOf(state)[volumePosition(state, 'files').selected] : undefined;
  if (file !== undefined)
    return copied(state, 'where that file is', [volume.mountpoint, ...state.volumes.path, file.name].join('/'));
  return copied(state, `the name ${shownName(volume)}`, volume.name);
};

export const volumeActs = actsOf(VOLUMES, { copy, opens: { files: 'open-file', about: 'open-fact' } });

/** Into another directory: it is asked for by who follows the state. */
const into = (state: State, path: readonly string[], selected = 0): Step =>
  step(withVolumes(state, { path, at: { ...state.volumes.at, files: { selected, top: 0 } } }));

const openFile: Handler = (state) => {
  const volume = selectedVolume(state);
  const file = filesOf(state)[volumePosition(state, 'files').selected];
  if (volume === undefined || file === undefined) return refuse(state, 'There is nothing to open.');
  switch (file.kind) {
    case 'directory':
      return into(state, [...state.volumes.path, file.name]);
    case 'file':
      return step(state, {
        type: 'open-volume-file',
        volume: volume.name,
        path: [...state.volumes.path, file.name].join('/'),
      });
    case 'link':
      return refuse(state, 'It is a link: where it leads is for its container to say, so it is not followed.');
    default:
      return refuse(state, `It is a ${file.kind}: there is nothing in it to look at.`);
  }
};

const leaveDirectory: Handler = (state) => {
  const { path } = state.volumes;
  if (path.length === 0) return refuse(state, 'This is the root of the volume.');
  return into(state, path.slice(0, -1));
};

export const volumeCommands = {
  'open-file': openFile,
  'leave-directory': leaveDirectory,
  'copy-volume': (state) => {
    const volumes = volumeSubjects(state);
    if (volumes.length === 0) return refuse(state, NOTHING);
    return copied(
      state,
      `where ${volumeNames(volumes)} ${volumes.length === 1 ? 'is' : 'are'}`,
      volumes.map(({ mountpoint }) => mountpoint).join('\n'),
    );
  },
} satisfies Record<string, Handler>;
