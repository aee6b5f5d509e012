// An image in words: how it came to be, line by line, and what a container of it is like unless it is told otherwise.
import type { Container, ImageDefaults } from '../../engine/index.js';
import type { HistoryLine, ImageOrigin, ImageLayer, ImageRow } from '../images/port.js';
import { namesOfImage, sharedBytes, sharersOf, usersOf } from '../images/sharing.js';
import { many, maybe, whenWords, type Fact } from './fact.js';
import { age, bytes, plural } from './units.js';

export interface Instruction {
  /** "RUN", "COPY"; empty where it cannot be told */
  readonly word: string;
  readonly rest: string;
}

const WORDS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** What builders write into the history, as it stood in the Dockerfile: the old builder wrote shell commands, the new one adds a remark. */
export function instructionOf(createdBy: string): Instruction {
  const text = createdBy
    .replace(/\s*# buildkit$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  const nop = /^(?:\/bin\/sh -c|cmd \/S \/C) #\(nop\)\s+(.*)$/s.exec(text)?.[1];
  const plain = (nop ?? text).replace(/^RUN (?:\|\d+ .*? )?\/bin\/sh -c /, 'RUN ');
  const [word = '', ...rest] = plain.split(' ');
  if (WORDS.has(word)) return { word, rest: rest.join(' ').trim() };
  const shell = /^(?:\|\d+ .*? )?\/bin\/sh -c (.*)$/s.exec(plain)?.[1];
  return shell === undefined ? { word: '', rest: plain } : { word: 'RUN', rest: shell };
}

/** A line of the history as it is shown. */
export interface HistoryRow {
  readonly line: HistoryLine;
  readonly instruction: Instruction;
  /** from the lowest on, 1 is the first; absent where no file was changed */
  readonly layerNumber: number | undefined;
  /** other images that have the layer */
  readonly sharers: readonly string[];
}

/** Newest first, as the layers lie on each other; layers that no line of the history speaks of are there too. */
export function historyRows(
  list: readonly ImageRow[],
  image: ImageRow,
  details: ImageOrigin | undefined,
): readonly HistoryRow[] {
  const told = details === undefined ? [] : withAllLayers(details.history, image.layers);
  const lines = told.length > 0 ? told : image.layers.map((layer): HistoryLine => ({ createdBy: '', layer }));
  let number = 0;
  return lines
    .map((line): HistoryRow => {
      const { layer } = line;
      return {
        line,
        instruction: instructionOf(line.createdBy),
        layerNumber: layer === undefined ? undefined : (number += 1),
        sharers: layer === undefined ? [] : sharersOf(list, layer.id, image),
      };
    })
    .reverse();
}

function withAllLayers(history: readonly HistoryLine[], layers: readonly ImageLayer[]): readonly HistoryLine[] {
  const known = new Set(history.flatMap(({ layer }) => layer?.id ?? []));
  return [
    ...layers.filter(({ id }) => !known.has(id)).map((layer): HistoryLine => ({ createdBy: '', layer })),
    ...history,
  ];
}

/** "nginx:1.27, shop/api and 2 more" */
export function namesShort(names: readonly string[], most = 2): string {
  const shown = names.slice(0, most).join(', ');
  return names.length <= most ? shown : `${shown} and ${names.length - most} more`;
}

/** "shop/api:latest +2" */
export const sharersShort = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names[0]!} +${names.length - 1}`;

/** As it would be typed in a shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
export const commandLine = (words: readonly string[]): string => words.map(quoted).join(' ');

const NS_PER_MS = 1e6;
const often = (ns: number): string => age(ns / NS_PER_MS);

function healthWords({ healthcheck }: Partial<ImageDefaults>): string | undefined {
  if (healthcheck === undefined) return undefined;
  const { test, intervalNs, timeoutNs, retries, startPeriodNs } = healthcheck;
  const [how = 'NONE', ...words] = test;
  if (how === 'NONE') return 'not checked';
  const what = how === 'CMD-SHELL' ? words.join(' ') : commandLine(words);
  const parts = [
    intervalNs > 0 ? `every ${often(intervalNs)}` : '',
    timeoutNs > 0 ? `at most ${often(timeoutNs)}` : '',
    retries > 0 ? `${plural(retries, 'failure')} in a row` : '',
    startPeriodNs > 0 ? `${often(startPeriodNs)} to start` : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? what : `${what}   (${parts.join(', ')})`;
}

function madeWords({ created }: ImageRow, details: ImageOrigin | undefined, now: number): string {
  const when = whenWords(created, now);
  return details?.author === undefined || details.author === '' ? when : `${when}, by ${details.author}`;
}

/** Everything that is known of an image, a fact a line, what matters most first. */
export function imageFacts(
  list: readonly ImageRow[],
  image: ImageRow,
  details: ImageOrigin | undefined,
  containers: readonly Container[],
  now: number,
): readonly Fact[] {
  const { config } = image;
  const {
    entrypoint = [],
    cmd = [],
    user = '',
    workingDir = '',
    env = [],
    labels = {},
    onBuild = [],
    shell = [],
  } = config;
  const shared = sharedBytes(list, image);
  const users = usersOf(containers, image.id).map(({ config: { name } }) => name);
  const names = namesOfImage(list, image.id);
  return [
    { label: 'runs', value: commandLine([...entrypoint, ...cmd]) || 'nothing by itself: give a command' },
    ...(entrypoint.length > 0 && cmd.length > 0
      ? [{ label: '', value: `${commandLine(cmd)} is what a command of yours takes the place of` }]
      : []),
    { label: 'as', value: user === '' ? 'root' : user },
    { label: 'in', value: workingDir === '' ? '/' : workingDir },
    ...maybe('listens on', (config.exposedPorts ?? []).join('  ')),
    ...maybe('volumes', (config.volumes ?? []).join('  ')),
    ...maybe('stopped by', config.stopSignal),
    ...maybe('healthy when', healthWords(config)),
    ...maybe('shell', commandLine(shell)),
    ...many('environment', env),
    ...many('labels', Object.entries(labels).map(([key, value]) => `${key}=${value}`)), // prettier-ignore
    ...many('when built on', onBuild),
    { label: 'made', value: madeWords(image, details, now) },
    { label: 'runs on', value: image.platform },
    {
      label: 'size',
      value: `${bytes(image.sizeBytes)} in ${plural(image.layers.length, 'layer')}${shared > 0 ? `, ${bytes(shared)} of it shared` : ''}`,
    },
    { label: 'used by', value: users.length === 0 ? 'no container' : users.join('  ') },
    ...many('names', names),
    { label: 'id', value: `sha256:${image.id}` },
    ...maybe('digest', details?.digest),
  ];
}
