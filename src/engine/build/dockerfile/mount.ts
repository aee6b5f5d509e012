// RUN --mount=type=…: the options of each type, in Docker's words. Pure.
import { parseBytes } from '../../grammar/quantities.js';
import { isTscontainError } from '../../errors.js';
import type { RunMount } from './instruction.js';
import { nearest } from './nearest.js';
import type { Flag, Flags } from './flags.js';

type Type = RunMount['type'];

const NAMES: Readonly<Record<string, string>> = {
  type: 'type',
  from: 'from',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readonly',
  ro: 'readonly',
  readwrite: 'readwrite',
  rw: 'readwrite',
  id: 'id',
  sharing: 'sharing',
  required: 'required',
  size: 'size',
  mode: 'mode',
  uid: 'uid',
  gid: 'gid',
  env: 'env',
};

const OPTIONS: Readonly<Record<Type, readonly string[]>> = {
  bind: ['from', 'source', 'target', 'readonly', 'readwrite'],
  cache: ['from', 'source', 'target', 'readonly', 'readwrite', 'id', 'sharing', 'mode', 'uid', 'gid'],
  tmpfs: ['target', 'size'],
  secret: ['id', 'target', 'required', 'mode', 'uid', 'gid', 'env'],
};

/** Fields with commas in them stand in double quotes, as in CSV. */
function fieldsOf(text: string): string[] {
  return [...text.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, field = '']) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  );
}

const isType = (text: string): text is Type => text in OPTIONS;

/** @throws BuildError */
export function readMount(flags: Flags, flag: Flag): RunMount {
  const options = new Map<string, string>();
  for (const field of fieldsOf(flag.value ?? '')) {
    const equals = field.indexOf('=');
    const key = (equals < 0 ? field : field.slice(0, equals)).trim().toLowerCase();
    const name = NAMES[key];
    if (name === undefined) {
      const meant = nearest(key, Object.keys(NAMES));
      throw flags.fault(
        flag,
        `a mount has no option ${JSON.stringify(key.slice(0, 40))}`,
        meant === undefined ? `there are ${[...new Set(Object.values(NAMES))].join(', ')}` : `did you mean ${meant}?`,
      );
    }
    if (options.has(name)) throw flags.fault(flag, `the option ${name} of this mount stands here twice`);
    const isSwitch = name === 'readonly' || name === 'readwrite' || name === 'required';
    if (equals < 0 && !isSwitch) throw flags.fault(flag, `the option ${key} of a mount needs a value: ${key}=…`);
    options.set(name, equals < 0 ? 'true' : field.slice(equals + 1));
  }
  const type = options.get('type') ?? 'bind';
  if (type === 'ssh') {
    throw flags.fault(
      flag,
      'RUN --mount=type=ssh is not supported: no agent is handed into a build',
      'give the key as a secret: RUN --mount=type=secret,id=key, and tscontain build --secret id=key,src=FILE',
    );
  }
  if (!isType(type)) {
    throw flags.fault(
      flag,
      `there is no mount of type ${JSON.stringify(type.slice(0, 40))}`,
      'give bind, cache, tmpfs or secret',
    );
  }
  return mountOf(type, options, flags, flag);
}

function mountOf(type: Type, options: ReadonlyMap<string, string>, flags: Flags, flag: Flag): RunMount {
  const foreign = [...options.keys()].find((name) => name !== 'type' && !OPTIONS[type].includes(name));
  if (foreign !== undefined) {
    throw flags.fault(flag, `a mount of type ${type} has no option ${foreign}`, `it has ${OPTIONS[type].join(', ')}`);
  }
  const whole = (name: string, base: number, most: number): number | undefined => {
    const text = options.get(name);
    if (text === undefined) return undefined;
    const value = new RegExp(base === 8 ? '^[0-7]{1,5}$' : '^[0-9]{1,10}$').test(text) ? parseInt(text, base) : NaN;
    if (value <= most) return value;
    throw flags.fault(
      flag,
      `${name} of a mount cannot be ${JSON.stringify(text.slice(0, 40))}`,
      `give a number${base === 8 ? ' in octal' : ''}`,
    );
  };
  const truth = (name: string): boolean | undefined => {
    const text = options.get(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (/^(1|t|true)$/.test(text)) return true;
    if (/^(0|f|false)$/.test(text)) return false;
    throw flags.fault(flag, `${name} of a mount is true or false`);
  };
  const sharing = options.get('sharing') ?? 'shared';
  if (sharing !== 'shared' && sharing !== 'private' && sharing !== 'locked')
    throw flags.fault(
      flag,
      `the sharing of a cache cannot be ${JSON.stringify(sharing.slice(0, 40))}`,
      'give shared, private or locked',
    );
  if (truth('readonly') === true && truth('readwrite') === true)
    throw flags.fault(flag, 'a mount is readonly or readwrite, not both');
  if (type !== 'secret' && options.get('target') === undefined)
    throw flags.fault(flag, `a mount of type ${type} needs a target: target=/path`);
  if (type === 'secret' && options.get('id') === undefined && options.get('target') === undefined)
    throw flags.fault(flag, 'a secret needs an id: id=NAME');
  const text = (name: 'target' | 'source' | 'from' | 'id' | 'env') => {
    const value = options.get(name);
    return value === undefined ? {} : { [name]: value };
  };
  const mode = whole('mode', 8, 0o7777);
  const sizeBytes = options.has('size') ? sizeOf(options.get('size')!, flags, flag) : undefined;
  const isReadOnly =
    type === 'bind' ? truth('readwrite') !== true && truth('readonly') !== false : truth('readonly') === true;
  return {
    type,
    position: flag.position,
    ...text('target'),
    ...text('source'),
    ...text('from'),
    ...text('id'),
    ...text('env'),
    readOnly: isReadOnly,
    sharing,
    ...(mode === undefined ? {} : { mode }),
    uid: whole('uid', 10, 0x7fffffff) ?? 0,
    gid: whole('gid', 10, 0x7fffffff) ?? 0,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    required: truth('required') === true,
  };
}

function sizeOf(text: string, flags: Flags, flag: Flag): number {
  try {
    return parseBytes(text, 'the size of the tmpfs');
  } catch (error) {
    if (isTscontainError(error)) throw flags.fault(flag, error.message);
    throw error;
  }
}
