// Forms about images: their fields, what each name means while it is typed, and from what stands in them to what is asked for.
import { familiarName, imageName, isTscontainError } from '../../engine/index.js';
import type { JobRequest } from '../images/jobs.js';
import type { ImageFormPurpose } from '../state/overlays.js';
import { splitWords } from '../present/words.js';
import { fieldOf, type Form } from '../widgets/index.js';
import { textField } from './run-form.js';

const WIDE = 44;

type Problems = { readonly problems: ReadonlyMap<string, string> };
const wrong = (field: string, problem: string): Problems => ({ problems: new Map([[field, problem]]) });

const textOf = (form: Form, id: string): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? field.line.text.trim() : '';
};
const isChecked = (form: Form, id: string): boolean => {
  const field = fieldOf(form, id);
  return field?.kind === 'check' && field.checked;
};

/** The name as it would be kept, or what is wrong with it: said as it is typed. */
export function nameMeans(text: string): { readonly full: string } | { readonly problem: string } {
  try {
    return { full: imageName(text) };
  } catch (error) {
    if (!isTscontainError(error)) throw error;
    return { problem: error.hint ?? error.message };
  }
}

/** The field in which each of these forms has a name, and what is said below while it is empty. */
const NAME_FIELD: Readonly<Partial<Record<ImageFormPurpose, string>>> = {
  pull: 'name',
  push: 'name',
  tag: 'name',
  build: 'tag',
};

/** What the name that is being typed means: the line below the fields. */
export function nameRemark(
  purpose: string,
  form: Form,
): { readonly text: string; readonly isWrong: boolean } | undefined {
  const id = NAME_FIELD[purpose as ImageFormPurpose];
  const text = id === undefined ? '' : textOf(form, id);
  if (text === '') return undefined;
  const means = nameMeans(text);
  return 'full' in means ? { text: `is ${means.full}`, isWrong: false } : { text: means.problem, isWrong: true };
}

const formOf = (focus: string, ...rows: Form['rows']): Form => ({ rows, focus, top: 0 });

export const pullForm = (name = ''): Form =>
  formOf('name', {
    ...textField('name', 'image', WIDE, '', name),
    placeholder: 'debian, nginx:1.27, host:5000/team/web',
  });
export const pushForm = (name: string): Form => formOf('name', textField('name', 'as', WIDE, '', name));
export const tagForm = (name: string): Form =>
  formOf('name', { ...textField('name', 'as', WIDE, '', name), placeholder: 'shop/api:2.1' });
export const saveForm = (path: string): Form => formOf('path', textField('path', 'to', WIDE, '', path));
export const loadForm = (): Form =>
  formOf('path', { ...textField('path', 'from', WIDE), placeholder: 'an archive of docker save, or an OCI layout' });
/** Where the dashboard was started, unless another directory is given. */
const HERE = '.';

export const buildForm = (): Form =>
  formOf(
    'directory',
    { ...textField('directory', 'directory', WIDE), placeholder: 'where the dashboard was started' },
    { ...textField('dockerfile', 'file', WIDE), placeholder: 'the Dockerfile in it' },
    { ...textField('tag', 'name', WIDE), placeholder: 'none: it is known by its id' },
    { ...textField('target', 'up to', WIDE), placeholder: 'the last stage' },
    { ...textField('args', 'arguments', WIDE), placeholder: 'NAME=value …' },
    { kind: 'check', id: 'noCache', label: 'anew', checked: false, hint: 'take nothing from earlier builds' },
  );

/** A name that is right, as people write it: with the tag that is meant. */
function nameIn(form: Form, id: string, missing: string): { readonly name: string } | Problems {
  const name = textOf(form, id);
  if (name === '') return wrong(id, missing);
  const means = nameMeans(name);
  return 'full' in means ? { name: familiarName(means.full) } : wrong(id, means.problem);
}

function pathIn(form: Form, id: string, missing: string): { readonly path: string } | Problems {
  const path = textOf(form, id);
  if (path === '') return wrong(id, missing);
  return path.endsWith('/') ? wrong(id, `${path} is a directory: give the path of a file`) : { path };
}

export type TagRequest = { readonly name: string } | Problems;
export const tagRequest = (form: Form): TagRequest =>
  nameIn(form, 'name', 'give the name that it shall have too, such as shop/api:2.1');

/** @param names what is saved */
export function jobRequest(
  purpose: Exclude<ImageFormPurpose, 'tag'>,
  form: Form,
  names: readonly string[],
): { readonly request: JobRequest } | Problems {
  switch (purpose) {
    case 'pull':
    case 'push': {
      const found = nameIn(form, 'name', 'give a name, such as debian or host:5000/team/web:1.2');
      return 'problems' in found ? found : { request: { kind: purpose, name: found.name } };
    }
    case 'save': {
      const found = pathIn(form, 'path', 'give the path of a file, such as /tmp/images.tar');
      return 'problems' in found ? found : { request: { kind: 'save', names, path: found.path } };
    }
    case 'load': {
      const path = textOf(form, 'path');
      return path === '' ? wrong('path', 'give the path of an archive') : { request: { kind: 'load', path } };
    }
    case 'build':
      return buildRequest(form);
  }
}

function buildRequest(form: Form): { readonly request: JobRequest } | Problems {
  const problems = new Map<string, string>();
  const directory = textOf(form, 'directory') || HERE;
  const [dockerfile, tag, target] = ['dockerfile', 'tag', 'target'].map((id) => textOf(form, id));
  const means = tag === '' ? undefined : nameMeans(tag!);
  if (means !== undefined && 'problem' in means) problems.set('tag', means.problem);
  const args = splitWords(textOf(form, 'args'));
  if ('problem' in args) problems.set('args', args.problem);
  else if (args.some((arg) => !/^[A-Za-z_]\w*=/.test(arg))) problems.set('args', 'give NAME=value, spaces between');
  if (problems.size > 0 || 'problem' in args) return { problems };
  return {
    request: {
      kind: 'build',
      build: {
        directory,
        ...(dockerfile === '' ? {} : { dockerfile: dockerfile! }),
        ...(means === undefined || 'problem' in means ? {} : { tag: familiarName(means.full) }),
        ...(target === '' ? {} : { target: target! }),
        args,
        noCache: isChecked(form, 'noCache'),
      },
    },
  };
}
