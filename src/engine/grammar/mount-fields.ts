// --mount, in Docker's grammar: fields with commas between them, quoted as in a line of CSV. Pure.
import { isAbsolute } from 'node:path';
import type { Mount } from '../model.js';
import { parseLabel } from './environment.js';
import {
  checkedVolumeMount,
  hostPath,
  isPropagation,
  parseMode,
  parseTarget,
  PROPAGATIONS,
  requireRecursion,
  type Bind,
  type Tmpfs,
  type VolumeMount,
} from './mounts.js';
import { parseBytes } from './quantities.js';
import { shown, wrong } from './wrong.js';

const WHAT = 'the mount';

/** Other names of fields. */
const ALSO: Readonly<Record<string, string>> = { src: 'source', dst: 'target', destination: 'target', ro: 'readonly' };
/** Alone they mean yes. */
const FLAGS: ReadonlySet<string> = new Set(['readonly', 'bind-nonrecursive', 'bind-create-src', 'volume-nocopy']);
/** May stand there several times. */
const LISTS: ReadonlySet<string> = new Set(['volume-label', 'volume-opt']);

/** Which fields there are, by type of mount. */
const FIELDS = {
  bind: ['source', 'bind-propagation', 'bind-nonrecursive', 'bind-recursive', 'bind-create-src', 'consistency'],
  volume: ['source', 'volume-subpath', 'volume-nocopy', 'volume-label', 'volume-driver', 'volume-opt', 'consistency'],
  tmpfs: ['tmpfs-size', 'tmpfs-mode'],
} as const satisfies Record<Mount['type'], readonly string[]>;
const COMMON: readonly string[] = ['type', 'target', 'readonly'];
const KNOWN: ReadonlySet<string> = new Set([...COMMON, ...Object.values(FIELDS).flat()]);

const isType = (text: string): text is Mount['type'] => Object.hasOwn(FIELDS, text);

interface Fields {
  readonly text: string;
  readonly all: ReadonlyMap<string, readonly string[]>;
}

const last = ({ all }: Fields, name: string): string | undefined => all.get(name)?.at(-1);

/**
 * "type=bind,source=/a,target=/b,readonly", "source=name,target=/data,volume-subpath=a", "type=tmpfs,target=/run,tmpfs-size=64m".
 * @param fromHere what a source that begins with a dot means; absent, such a source cannot be
 */
export function parseMount(text: string, fromHere: (path: string) => string = (path) => path): Mount {
  const fields = { text, all: readFields(text) };
  const type = last(fields, 'type') ?? 'volume';
  if (!isType(type))
    throw wrong(WHAT, text, `type ${shown(type)} is not supported: give type=bind, type=volume or type=tmpfs`);
  const target = last(fields, 'target');
  if (target === undefined) throw wrong(WHAT, text, 'it has no target=/path');
  const allowed: readonly string[] = [...COMMON, ...FIELDS[type]];
  const foreign = [...fields.all.keys()].find((name) => !allowed.includes(name));
  if (foreign !== undefined) throw wrong(WHAT, text, `${foreign} does not go with type=${type}`);
  const common = { target: parseTarget(target, WHAT), readOnly: flagOf(fields, 'readonly') };
  if (type === 'bind') return bindFrom(fields, common, fromHere);
  return type === 'volume' ? volumeFrom(fields, common) : tmpfsFrom(fields, common);
}

function readFields(text: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const part of splitFields(text)) {
    const equals = part.indexOf('=');
    const key = (equals < 0 ? part : part.slice(0, equals)).toLowerCase();
    const name = Object.hasOwn(ALSO, key) ? ALSO[key]! : key;
    if (!KNOWN.has(name)) throw wrong(WHAT, text, `it has no field ${shown(key)}`);
    if (equals < 0 && !FLAGS.has(name)) throw wrong(WHAT, text, `${key} needs a value: ${key}=…`);
    const value = equals < 0 ? 'true' : part.slice(equals + 1);
    if (value.includes('\0')) throw wrong(WHAT, text, 'it has no zero byte');
    fields.set(name, LISTS.has(name) ? [...(fields.get(name) ?? []), value] : [value]);
  }
  return fields;
}

/** One line of CSV: a field in quotes may have commas, and a quote in it is doubled. */
function splitFields(text: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] !== '"') {
      const end = text.indexOf(',', at) < 0 ? text.length : text.indexOf(',', at);
      fields.push(text.slice(at, end));
      at = end;
      continue;
    }
    const quoted = /"((?:[^"]|"")*)"(?=,|$)/y;
    quoted.lastIndex = at;
    const match = quoted.exec(text);
    if (match === null) throw wrong(WHAT, text, 'a field that begins with a quote ends with one, before a comma');
    fields.push(match[1]!.replaceAll('""', '"'));
    at = quoted.lastIndex;
  }
  return fields;
}

type Common = Pick<Mount, 'target' | 'readOnly'>;

function bindFrom(fields: Fields, common: Common, fromHere: (path: string) => string): Bind {
  const { text } = fields;
  const asked = last(fields, 'source');
  if (asked === undefined || asked === '') throw wrong(WHAT, text, 'it has no source=/path');
  const source = /^\.{1,2}(\/|$)/.test(asked) ? fromHere(asked) : asked;
  if (!isAbsolute(source)) throw wrong(WHAT, text, 'its source begins with /');
  const propagation = last(fields, 'bind-propagation') ?? 'rprivate';
  if (!isPropagation(propagation)) throw wrong(WHAT, text, `bind-propagation is one of ${PROPAGATIONS.join(', ')}`);
  const recursive = recursionOf(fields);
  const bind: Bind = {
    type: 'bind',
    source: hostPath(source),
    propagation,
    ...common,
    ...(flagOf(fields, 'bind-create-src') ? { createSource: true } : {}),
    ...(recursive === 'enabled' ? {} : { recursive }),
  };
  requireRecursion(bind);
  return bind;
}

const RECURSIONS = ['enabled', 'disabled', 'writable', 'readonly'] as const;

function recursionOf(fields: Fields): (typeof RECURSIONS)[number] {
  const asked = last(fields, 'bind-recursive') ?? (flagOf(fields, 'bind-nonrecursive') ? 'disabled' : 'enabled');
  const found = RECURSIONS.find((name) => name === asked);
  if (found === undefined) throw wrong(WHAT, fields.text, `bind-recursive is one of ${RECURSIONS.join(', ')}`);
  return found;
}

function volumeFrom(fields: Fields, common: Common): VolumeMount {
  const driver = last(fields, 'volume-driver') ?? 'local';
  if (driver !== 'local') throw wrong(WHAT, fields.text, 'there is no volume-driver but local');
  const subpath = last(fields, 'volume-subpath');
  const labels = pairsOf(fields, 'volume-label');
  const options = pairsOf(fields, 'volume-opt');
  return checkedVolumeMount({
    type: 'volume',
    source: last(fields, 'source') ?? '',
    ...common,
    ...(flagOf(fields, 'volume-nocopy') ? { noCopy: true } : {}),
    ...(subpath === undefined ? {} : { subpath }),
    ...(labels === undefined ? {} : { labels }),
    ...(options === undefined ? {} : { options }),
  });
}

function pairsOf({ all }: Fields, name: string): Readonly<Record<string, string>> | undefined {
  const values = all.get(name);
  return values === undefined ? undefined : Object.fromEntries(values.map((value) => parseLabel(value, `the ${name}`)));
}

function tmpfsFrom(fields: Fields, common: Common): Tmpfs {
  const size = last(fields, 'tmpfs-size');
  const mode = last(fields, 'tmpfs-mode');
  return {
    type: 'tmpfs',
    ...common,
    ...(size === undefined ? {} : { sizeBytes: parseBytes(size, 'the size of the tmpfs') }),
    ...(mode === undefined ? {} : { mode: parseMode(mode, fields.text) }),
  };
}

function flagOf(fields: Fields, name: string): boolean {
  const value = last(fields, name);
  if (value === undefined) return false;
  if (/^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw wrong(WHAT, fields.text, `${name} is true or false`);
}
