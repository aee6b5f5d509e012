// Volumes in words: what each is like, what stands in its directories, what goes when it is removed.
import type { Container } from '../../engine/index.js';
import type { VolumeFile, VolumeRow } from '../volumes/port.js';
import { bytesOf, isAnonymous, shownName, sizeOf, type Sizes } from '../volumes/using.js';
import type { Line } from '../state/overlays.js';
import { widthOf } from '../screen/index.js';
import { many, pairs, whenWords, type Fact } from './fact.js';
import { bytes, plural } from './units.js';

/** More names than this would hide the answers. */
const NAMED = 8;
const NAME_CELLS = 34;

const fill = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - widthOf(text)));

/** "-rw-r--r--" as ls writes it. */
export function modeWords({ kind, mode }: Pick<VolumeFile, 'kind' | 'mode'>): string {
  const first = { directory: 'd', file: '-', link: 'l', pipe: 'p', socket: 's', device: 'c' }[kind];
  const three = (bits: number, special: boolean, letter: string): string => {
    const runs = (bits & 1) !== 0;
    const last = special ? (runs ? letter : letter.toUpperCase()) : runs ? 'x' : '-';
    return `${(bits & 4) !== 0 ? 'r' : '-'}${(bits & 2) !== 0 ? 'w' : '-'}${last}`;
  };
  return `${first}${three(mode >> 6, (mode & 0o4000) !== 0, 's')}${three(mode >> 3, (mode & 0o2000) !== 0, 's')}${three(mode, (mode & 0o1000) !== 0, 't')}`;
}

/** How a container has it: "web at /data, read only". */
function usesOf(volume: VolumeRow, containers: readonly Container[]): readonly string[] {
  return volume.usedBy.map(({ id, name, isRemoved }) => {
    const container = containers.find((one) => one.id === id);
    const mounts = (container?.config.mounts ?? []).filter(
      (mount) => 'source' in mount && (mount.source === volume.name || mount.source === volume.mountpoint),
    );
    const where = mounts.map((mount) => `${mount.target}${mount.readOnly ? ', read only' : ''}`).join(' and ');
    return `${name}${where === '' ? '' : ` at ${where}`}${isRemoved ? ', which was removed and can be brought back' : ''}`;
  });
}

/** Everything that is known of a volume, a fact a line, what matters most first. */
export function volumeFacts(
  volume: VolumeRow,
  sizes: Sizes,
  containers: readonly Container[],
  now: number,
): readonly Fact[] {
  const { name, labels, options, mountpoint, driver, created, note } = volume;
  const size = sizes.get(name);
  return [
    ...(note === undefined ? [] : [{ label: 'note', value: note }]),
    { label: 'name', value: isAnonymous(volume) ? `${name}   nobody has named it` : name },
    {
      label: 'size',
      value: size === 'measuring' ? 'is being measured' : size === 'unknown' ? 'cannot be measured' : bytes(size),
    },
    ...many('used by', volume.usedBy.length === 0 ? ['no container'] : usesOf(volume, containers)),
    { label: 'where', value: mountpoint },
    { label: 'driver', value: driver },
    ...many('labels', pairs(labels)),
    ...many('options', pairs(options)),
    { label: 'made', value: whenWords(created, now) },
  ];
}

function volumeLines(sizes: Sizes, volumes: readonly VolumeRow[], most = NAMED): readonly Line[] {
  const named = volumes.slice(0, most);
  const cells = Math.min(NAME_CELLS, Math.max(0, ...named.map((volume) => widthOf(shownName(volume)))));
  return [
    ...named.map((volume) => ({ text: `${fill(shownName(volume), cells)}  ${bytes(sizeOf(sizes, volume.name))}` })),
    ...(volumes.length > most
      ? [{ text: `and ${plural(volumes.length - most, 'more volume')}`, tone: 'dim' } as const]
      : []),
  ];
}

const FOR_GOOD: Line = { text: 'What is in them is gone for good: nothing brings it back.', tone: 'notice' };

/** @param kept those that are left out because containers use them */
export function volumeRemovalLines(
  sizes: Sizes,
  volumes: readonly VolumeRow[],
  kept: readonly VolumeRow[],
): readonly Line[] {
  const freed = bytesOf(sizes, volumes);
  return [
    ...volumeLines(sizes, volumes),
    { text: '' },
    { text: freed === undefined ? 'How much that frees is not measured yet.' : `Frees ${bytes(freed)}.` },
    ...kept.map((volume): Line => ({
      text: `${shownName(volume)} is left out: ${volume.usedBy[0]?.name ?? 'a container'} uses it.`,
      tone: 'notice',
    })),
    volumes.length === 1 ? { ...FOR_GOOD, text: 'What is in it is gone for good: nothing brings it back.' } : FOR_GOOD,
  ];
}

export function volumePruneLines(
  sizes: Sizes,
  anonymous: readonly VolumeRow[],
  unused: readonly VolumeRow[],
): readonly Line[] {
  const named = unused.filter((volume) => !isAnonymous(volume));
  const heading = (text: string, of: readonly VolumeRow[]): Line => ({
    text: `${text}: ${plural(of.length, 'volume')}, ${bytes(bytesOf(sizes, of))}`,
    tone: 'strong',
  });
  return [
    ...(anonymous.length > 0 ? [heading('without a name', anonymous), ...volumeLines(sizes, anonymous, 5)] : []),
    ...(anonymous.length > 0 && named.length > 0 ? [{ text: '' }] : []),
    ...(named.length > 0 ? [heading('used by no container', named), ...volumeLines(sizes, named, 5)] : []),
    { text: '' },
    FOR_GOOD,
  ];
}
