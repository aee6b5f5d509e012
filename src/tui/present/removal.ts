// What goes with a container when it is removed, and what stays: said before it is done.
import { KEEP_SECONDS, type Container } from '../../engine/index.js';
import type { Line } from '../state/overlays.js';
import { isRunning } from '../rows.js';
import { widthOf } from '../screen/index.js';
import { plural } from './units.js';

/** More names than this would hide the answers. */
const NAMED = 6;
/** A longer name pushes what stands behind it. */
const COLUMN_CELLS = 24;

const fill = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - widthOf(text)));

export function removalLines(containers: readonly Container[]): readonly Line[] {
  const lines: Line[] = [];
  const named = containers.slice(0, NAMED);
  const column = (texts: readonly string[]): number => Math.min(COLUMN_CELLS, Math.max(0, ...texts.map(widthOf)));
  const names = column(named.map(({ config }) => config.name));
  const imageNames = column(named.map(({ config }) => config.image.name));
  for (const { config, state } of named) {
    const running = isRunning(state.status);
    lines.push({
      text: `${fill(config.name, names)}  ${fill(config.image.name, imageNames)}  ${running ? `${state.status}: it is killed first` : state.status}`,
      ...(running ? { tone: 'notice' } : {}),
    });
  }
  if (containers.length > NAMED)
    lines.push({ text: `and ${plural(containers.length - NAMED, 'more container')}`, tone: 'dim' });
  const mounts = containers.flatMap(({ config }) => config.mounts.map((mount) => ({ mount, config })));
  const binds = mounts.flatMap(({ mount }) => (mount.type === 'bind' ? [mount.source] : []));
  // With what removes itself go the volumes that nobody has named.
  const volumes = mounts.flatMap(({ mount, config }) =>
    mount.type === 'volume' && !(config.autoRemove && mount.anonymous === true) ? [mount.source] : [],
  );
  // What was to go at its end is not kept.
  const keepable = containers.some(({ config }) => !config.autoRemove);
  const many = containers.length > 1;
  const images = containers.map(({ config }) => config.image.name);
  const stays = [
    `the image ${few(images)}`,
    ...(volumes.length > 0 ? [`the volume ${few(volumes.map(shortVolume))}`] : []),
    ...(binds.length > 0 ? [`${few(binds)} of the host`] : []),
  ];
  return [
    ...lines,
    { text: '' },
    { text: `Goes${keepable ? '' : ' for good'}: the files it wrote in its own layer, and its logs.` },
    ...(keepable
      ? [{ text: `For ${KEEP_SECONDS / 60} minutes ctrl-z brings ${many ? 'them' : 'it'} back.`, tone: 'dim' } as const]
      : []),
    { text: `Stays: ${listed(stays)}.`, tone: 'dim' },
  ];
}

/** Each once, and not more than one reads. */
function few(names: readonly string[]): string {
  const each = [...new Set(names)];
  return `${each.slice(0, 3).join(', ')}${each.length > 3 ? ' …' : ''}`;
}

/** 64 digits say nothing to anybody. */
const shortVolume = (name: string): string => (/^[0-9a-f]{64}$/.test(name) ? name.slice(0, 12) : name);

/** "a", "a, and b", "a, b, and c" */
const listed = (parts: readonly string[]): string =>
  parts.map((part, i) => (i > 0 && i === parts.length - 1 ? `and ${part}` : part)).join(', ');
