// What is mounted where, and which devices are passed in: -v, --mount, --tmpfs, --device in Docker's grammar. Pure.
import { isAbsolute, normalize } from 'node:path';
import type { Device, Mount } from '../model.js';
import { parseBytes } from './quantities.js';
import { shown, wrong } from './wrong.js';

type Bind = Extract<Mount, { type: 'bind' }>;
type Tmpfs = Extract<Mount, { type: 'tmpfs' }>;

const PROPAGATIONS: readonly string[] = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
const TMPFS_FLAGS: readonly string[] = ['exec', 'noexec', 'suid', 'nosuid', 'dev', 'nodev'];

function isPropagation(text: string): text is Bind['propagation'] {
  return PROPAGATIONS.includes(text);
}

/** An absolute path in a container, without . and .. and doubled slashes; never the root itself. */
export function parseTarget(path: string, what: string): string {
  if (!isAbsolute(path)) throw wrong(what, path, 'the path in the container begins with /');
  if (path.includes('\0')) throw wrong(what, path, 'a path has no zero byte');
  const target = normalize(path).replace(/(.)\/$/, '$1');
  if (target === '/') throw wrong(what, path, 'the root of the container cannot be mounted over');
  return target;
}

/** "/host:/container[:ro,rslave]". */
export function parseVolume(text: string): Bind {
  const what = 'the volume';
  const [source, target, options, ...rest] = text.split(':');
  if (rest.length > 0) throw wrong(what, text, 'give /host:/container, and after a further colon ro or rw');
  if (target === undefined)
    throw wrong(what, text, 'anonymous volumes are not supported: give /host:/container, or --tmpfs for scratch space');
  const mount: { -readonly [K in keyof Bind]: Bind[K] } = {
    type: 'bind',
    source: bindSource(source!, text),
    target: parseTarget(target, what),
    readOnly: false,
    propagation: 'rprivate',
  };
  for (const option of options?.split(',') ?? []) {
    if (option === 'ro' || option === 'rw') mount.readOnly = option === 'ro';
    else if (isPropagation(option)) mount.propagation = option;
    else throw wrong(what, text, `${shown(option)} is no option of it: there are ro, rw, ${PROPAGATIONS.join(', ')}`);
  }
  return mount;
}

function bindSource(source: string, text: string): string {
  if (source.includes('\0')) throw wrong('the volume', text, 'a path has no zero byte');
  if (isAbsolute(source)) return normalize(source).replace(/(.)\/$/, '$1');
  throw wrong(
    'the volume',
    text,
    'named volumes are not supported: the part before the colon is a path that begins with /',
  );
}

/** "type=bind,source=/a,target=/b,readonly" or "type=tmpfs,target=/run,tmpfs-size=64m,tmpfs-mode=1777". */
export function parseMount(text: string): Mount {
  const what = 'the mount';
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    const name = MOUNT_KEYS[key];
    if (name === undefined) throw wrong(what, text, `it has no field ${shown(key)}`);
    if (equals < 0 && name !== 'readonly') throw wrong(what, text, `${key} needs a value: ${key}=…`);
    fields.set(name, equals < 0 ? 'true' : part.slice(equals + 1));
  }
  const type = fields.get('type') ?? 'volume';
  const target = fields.get('target');
  if (type !== 'bind' && type !== 'tmpfs')
    throw wrong(what, text, `type ${shown(type)} is not supported: give type=bind or type=tmpfs`);
  if (target === undefined) throw wrong(what, text, 'it has no target=/path');
  const foreign = [...fields.keys()].find((name) => (type === 'bind' ? TMPFS_ONLY : BIND_ONLY).has(name));
  if (foreign !== undefined) throw wrong(what, text, `${foreign} does not go with type=${type}`);
  const common = { target: parseTarget(target, what), readOnly: parseFlag(fields.get('readonly'), text) };
  return type === 'bind' ? bindFrom(fields, common, text) : tmpfsFrom(fields, common, text);
}

const MOUNT_KEYS: Readonly<Record<string, string>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readonly',
  ro: 'readonly',
  'bind-propagation': 'bind-propagation',
  'tmpfs-size': 'tmpfs-size',
  'tmpfs-mode': 'tmpfs-mode',
};
const BIND_ONLY: ReadonlySet<string> = new Set(['source', 'bind-propagation']);
const TMPFS_ONLY: ReadonlySet<string> = new Set(['tmpfs-size', 'tmpfs-mode']);

function bindFrom(fields: Map<string, string>, common: Pick<Mount, 'target' | 'readOnly'>, text: string): Bind {
  const source = fields.get('source');
  const propagation = fields.get('bind-propagation') ?? 'rprivate';
  if (source === undefined) throw wrong('the mount', text, 'it has no source=/path');
  if (!isAbsolute(source)) throw wrong('the mount', text, 'its source begins with /');
  if (!isPropagation(propagation))
    throw wrong('the mount', text, `bind-propagation is one of ${PROPAGATIONS.join(', ')}`);
  return { type: 'bind', source: normalize(source).replace(/(.)\/$/, '$1'), propagation, ...common };
}

function tmpfsFrom(fields: Map<string, string>, common: Pick<Mount, 'target' | 'readOnly'>, text: string): Tmpfs {
  const size = fields.get('tmpfs-size');
  const mode = fields.get('tmpfs-mode');
  return {
    type: 'tmpfs',
    ...common,
    ...(size === undefined ? {} : { sizeBytes: parseBytes(size, 'the size of the tmpfs') }),
    ...(mode === undefined ? {} : { mode: parseMode(mode, text) }),
  };
}

function parseFlag(value: string | undefined, text: string): boolean {
  if (value === undefined) return false;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw wrong('the mount', text, 'readonly is true or false');
}

function parseMode(mode: string, text: string): number {
  if (!/^[0-7]{3,5}$/.test(mode) || parseInt(mode, 8) > 0o7777)
    throw wrong('the tmpfs', text, 'a mode is octal, such as 1777');
  return parseInt(mode, 8);
}

/** "/run[:rw,noexec,size=64m,mode=1777]". */
export function parseTmpfs(text: string): Tmpfs {
  const what = 'the tmpfs';
  const colon = text.indexOf(':');
  const mount: { -readonly [K in keyof Tmpfs]: Tmpfs[K] } = {
    type: 'tmpfs',
    target: parseTarget(colon < 0 ? text : text.slice(0, colon), what),
    readOnly: false,
  };
  const flags: string[] = [];
  for (const option of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [key, value] = option.split('=', 2);
    if (option === 'ro' || option === 'rw') mount.readOnly = option === 'ro';
    else if (TMPFS_FLAGS.includes(option)) flags.push(option);
    else if (key === 'size' && value !== undefined) mount.sizeBytes = parseBytes(value, 'the size of the tmpfs');
    else if (key === 'mode' && value !== undefined) mount.mode = parseMode(value, text);
    else
      throw wrong(
        what,
        text,
        `${shown(option)} is no option of it: there are ro, rw, size=, mode=, ${TMPFS_FLAGS.join(', ')}`,
      );
  }
  return flags.length === 0 ? mount : { ...mount, flags };
}

/** "/dev/fuse", "/dev/sda:/dev/xvda", "/dev/fuse:rwm", "/dev/sda:/dev/xvda:r". */
export function parseDevice(text: string): Device {
  const what = 'the device';
  const parts = text.split(':');
  const permissions = parts.length > 1 && isPermissions(parts.at(-1)!) ? parts.pop()! : 'rwm';
  const [pathOnHost, pathInContainer = pathOnHost, ...rest] = parts;
  if (rest.length > 0 || pathOnHost === undefined || pathInContainer === undefined)
    throw wrong(what, text, 'give /dev/host, /dev/host:/dev/container or either with :rwm behind');
  for (const path of [pathOnHost, pathInContainer])
    if (!isAbsolute(path))
      throw wrong(what, text, 'give a path that begins with /, then perhaps :r, :w, :m or several of them');
  return { pathOnHost: normalize(pathOnHost), pathInContainer: parseTarget(pathInContainer, what), permissions };
}

function isPermissions(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}
