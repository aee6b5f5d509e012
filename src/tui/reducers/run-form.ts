// The run form: its fields, and from what stands in them to what the engine is asked for. Every problem is said beside its field.
import {
  isTscontainError,
  parseBytes,
  parseContainerName,
  parseCpus,
  parseEnv,
  parseInteger,
  parseNetwork,
  parseProject,
  parsePublish,
  parseRestartPolicy,
  parseVolume,
  type CreateSpec,
  type Limits,
} from '../../engine/index.js';
import type { Failure } from '../actions.js';
import { splitWords } from '../present/words.js';
import { fieldOf, lineOf, type Form, type FormRow, type TextField } from '../widgets/index.js';

const RESTARTS = ['no', 'on-failure', 'unless-stopped', 'always'] as const;

const WIDE = 36;
const NARROW = 12;

export const textField = (id: string, label: string, width: number, hint = '', text = ''): TextField => ({
  kind: 'text',
  id,
  label,
  width,
  line: lineOf(text),
  ...(hint === '' ? {} : { hint }),
});

const heading = (id: string, label: string): FormRow => ({ kind: 'heading', id, label });

/** Those that somebody has made, and what else there is. */
function networksHint(networks: readonly string[]): string {
  const made = networks.filter((name) => name !== 'bridge').slice(0, 2);
  return `or ${['none', 'host', ...made].join(', ')} …`;
}

export interface RunDefaults {
  readonly image: string;
  /** names of the images there are */
  readonly images: readonly string[];
  /** names of the networks there are */
  readonly networks: readonly string[];
  /** what runs in it unless something else is asked for */
  readonly command?: string;
}

export function runForm({ image, images, networks, command = '' }: RunDefaults): Form {
  const others = images.filter((name) => name !== image).join(' ');
  const rows: FormRow[] = [
    textField('image', 'image', WIDE, others === '' ? '' : `or ${others}`, image),
    { ...textField('command', 'command', WIDE), placeholder: command === '' ? "the image's own" : command },
    { ...textField('name', 'name', WIDE), placeholder: 'one is made up' },
    { ...textField('project', 'project', WIDE), placeholder: 'none' },
    {
      kind: 'check',
      id: 'terminal',
      label: 'terminal',
      checked: true,
      hint: 'opens in a tab; without one it runs by itself',
    },
    { kind: 'check', id: 'autoRemove', label: 'remove', checked: false, hint: 'when it ends' },
    heading('limits', 'limits'),
    textField('cpus', 'cpu', NARROW, 'cores, such as 0.5'),
    textField('memory', 'memory', NARROW, 'such as 64m or 1.5g'),
    textField('pids', 'pids', NARROW, 'processes and threads'),
    heading('more', 'more'),
    textField('mounts', 'mounts', WIDE, 'volume:/inside or /host:/inside[:ro] …'),
    textField('env', 'environment', WIDE, 'NAME=value …'),
    {
      ...textField('ports', 'ports', WIDE, '8080:80 127.0.0.1:53:53/udp …'),
      placeholder: 'none of the host leads into it',
    },
    { ...textField('network', 'network', WIDE, networksHint(networks)), placeholder: 'bridge' },
    { kind: 'choice', id: 'restart', label: 'restart', options: RESTARTS, chosen: 0 },
  ];
  return { rows, focus: 'command', top: 0 };
}

const textOf = (form: Form, id: string): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? field.line.text.trim() : '';
};
const isChecked = (form: Form, id: string): boolean => {
  const field = fieldOf(form, id);
  return field?.kind === 'check' && field.checked;
};
const choiceOf = (form: Form, id: string): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'choice' ? (field.options[field.chosen] ?? '') : '';
};

/** What would be right is all there is room for beside a field; the value stands in it. */
const short = (message: string): string => message.replace(/^.* cannot be: /, '');

/** The form with what is wrong beside its fields, and the first of them in focus. */
export function withProblems(form: Form, problems: ReadonlyMap<string, string>): Form {
  const rows = form.rows.map((row): FormRow => {
    if (row.kind === 'heading') return row;
    const { error: _error, ...rest } = row;
    const problem = problems.get(row.id);
    return problem === undefined ? rest : { ...rest, error: short(problem) };
  });
  const first = rows.find((row) => problems.has(row.id));
  return { ...form, rows, focus: first?.id ?? form.focus };
}

/** Gathers what is wrong with each field instead of stopping at the first. */
class Reader {
  readonly problems = new Map<string, string>();

  constructor(private readonly form: Form) {}

  /** What `parse` makes of a field that is not empty; undefined where it is, or where it is wrong. */
  text<T>(id: string, parse: (text: string) => T): T | undefined {
    const text = textOf(this.form, id);
    if (text === '') return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (!isTscontainError(error)) throw error;
      this.problems.set(id, error.message);
      return undefined;
    }
  }

  words<T>(id: string, parse: (word: string) => T): T[] | undefined {
    const words = splitWords(textOf(this.form, id));
    if ('problem' in words) {
      this.problems.set(id, words.problem);
      return undefined;
    }
    if (words.length === 0) return undefined;
    return words.flatMap((word) => this.text(id, () => parse(word)) ?? []);
  }
}

export type RunRequest =
  { readonly spec: CreateSpec; readonly terminal: boolean } | { readonly problems: ReadonlyMap<string, string> };

const given = <Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: Value });

export function runRequest(form: Form): RunRequest {
  const read = new Reader(form);
  const image = textOf(form, 'image');
  if (image === '') read.problems.set('image', 'give the name of an image; base is made from this host');
  const limits: Limits = {
    ...given('nanoCpus', read.text('cpus', parseCpus)),
    ...given(
      'memory',
      read.text('memory', (text) => parseBytes(text, 'the memory limit')),
    ),
    ...given(
      'pidsLimit',
      read.text('pids', (text) => parseInteger(text, 'the number of processes', { min: 1 })),
    ),
  };
  const terminal = isChecked(form, 'terminal');
  const spec: CreateSpec = {
    image,
    limits,
    tty: terminal,
    openStdin: terminal,
    autoRemove: isChecked(form, 'autoRemove'),
    ...networkOf(read),
    restartPolicy: parseRestartPolicy(choiceOf(form, 'restart')),
    ...given(
      'cmd',
      read.words('command', (word) => word),
    ),
    ...given('name', read.text('name', parseContainerName)),
    ...given('project', read.text('project', parseProject)),
    ...given(
      'mounts',
      read.words('mounts', (word) => parseVolume(word)),
    ),
    ...given('ports', read.words('ports', (word) => parsePublish(word))?.flat()),
    ...given(
      'env',
      read.words('env', (word) => parseEnv(word, {}) ?? `${word}=`),
    ),
  };
  return read.problems.size > 0 ? { problems: read.problems } : { spec, terminal };
}

/** The default one, several, or one of those that stand alone. */
function networkOf(read: Reader): Pick<CreateSpec, 'network' | 'endpoints'> {
  const wanted = read.words('network', parseNetwork) ?? [];
  const [first] = wanted;
  if (first === undefined) return { network: 'bridge' };
  const other = wanted.find((each) => 'mode' in each && each.mode !== 'bridge');
  if (other !== undefined && 'mode' in other) {
    if (wanted.length > 1) read.problems.set('network', `${other.mode} goes with no other: choose one`);
    return { network: other.mode };
  }
  if (wanted.length === 1 && 'mode' in first) return { network: 'bridge' };
  const endpoints = wanted.map((each) =>
    'endpoint' in each ? each.endpoint : { network: 'bridge', aliases: [] as readonly string[] },
  );
  return { network: 'bridge', endpoints };
}

/** Fields of the engine's spec (validate.ts) → fields of this form. */
const FIELD_OF: readonly (readonly [RegExp, string])[] = [
  [/^image/, 'image'],
  [/^(cmd|argv|entrypoint)/, 'command'],
  [/^name/, 'name'],
  [/^project/, 'project'],
  [/^autoRemove/, 'autoRemove'],
  [/^limits\.(nanoCpus|cpu)/, 'cpus'],
  [/^limits\.memory/, 'memory'],
  [/^limits\.pids/, 'pids'],
  [/^mounts/, 'mounts'],
  [/^env/, 'env'],
  [/^(network|endpoints)/, 'network'],
  [/^ports/, 'ports'],
  [/^restartPolicy/, 'restart'],
];

/** The form after the engine refused: what has a field is said beside it, the rest below. */
export function refused(form: Form, failure: Failure): { readonly form: Form; readonly rest: string | undefined } {
  const problems = new Map<string, string>();
  const rest: string[] = [];
  for (const { field, message } of failure.fields ?? []) {
    const id = FIELD_OF.find(([pattern]) => pattern.test(field))?.[1];
    if (id !== undefined && fieldOf(form, id) !== undefined) problems.set(id, message);
    else rest.push(message);
  }
  if (problems.size === 0 && rest.length === 0)
    rest.push(failure.hint === undefined ? failure.message : `${failure.message}: ${failure.hint}`);
  return { form: withProblems(form, problems), rest: rest.length > 0 ? rest.join('; ') : undefined };
}

export const renameForm = (name: string): Form => ({
  rows: [textField('name', 'name', WIDE, '', name)],
  focus: 'name',
  top: 0,
});

export function renameRequest(
  form: Form,
): { readonly name: string } | { readonly problems: ReadonlyMap<string, string> } {
  const read = new Reader(form);
  const name = read.text('name', parseContainerName);
  if (name === undefined && read.problems.size === 0) read.problems.set('name', 'give a name');
  return name === undefined ? { problems: read.problems } : { name };
}

export const importForm = (): Form => ({
  rows: [
    { ...textField('source', 'from', WIDE), placeholder: 'a tarball, or a directory' },
    { ...textField('name', 'name', WIDE), placeholder: 'name:tag' },
  ],
  focus: 'source',
  top: 0,
});

export function importRequest(
  form: Form,
): { readonly source: string; readonly name: string } | { readonly problems: ReadonlyMap<string, string> } {
  const problems = new Map<string, string>();
  const source = textOf(form, 'source');
  const name = textOf(form, 'name');
  if (source === '') problems.set('source', 'give the path of a tarball or of a directory');
  else if (!source.startsWith('/')) problems.set('source', 'give a path that begins with /');
  if (name === '') problems.set('name', 'give a name, such as alpine or shop/api:1.2');
  return problems.size > 0 ? { problems } : { source, name };
}

export const exportForm = (name: string): Form => ({
  rows: [textField('path', 'to', WIDE, '', name)],
  focus: 'path',
  top: 0,
});

export function exportRequest(
  form: Form,
): { readonly path: string } | { readonly problems: ReadonlyMap<string, string> } {
  const path = textOf(form, 'path');
  if (path === '') return { problems: new Map([['path', 'give the path of a file, such as /tmp/web.log']]) };
  if (path.endsWith('/')) return { problems: new Map([['path', `${path} is a directory: give the path of a file`]]) };
  return { path };
}
