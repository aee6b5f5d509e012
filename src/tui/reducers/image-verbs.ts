// What is done to images: who is meant, whether it may be done, what is asked first, and what was done, with how to take it back.
import { noticed, refuse, step, type Action, type RemovedName, type Step } from '../actions.js';
import { imageSubjects, selectedImage } from '../image-rows.js';
import type { ImageRow } from '../images/port.js';
import { freedBytes, goneWith, keepersOf, keyOf, nameOf, prunable, usersOf } from '../images/sharing.js';
import { bytes, plural } from '../present/units.js';
import { pruneLines, removalLines } from '../present/image-removal.js';
import type { FormOverlay } from '../state/overlays.js';
import type { State, UndoEntry } from '../state.js';
import type { Handler } from './handler.js';
import { buildForm, loadForm, pullForm, pushForm, saveForm, tagForm } from './image-forms.js';
import { withImages } from './images.js';
import { withUndo } from './undo.js';
import { ask } from './verbs.js';

const NOTHING = 'There is no image here; p pulls one.';

export const imageNames = (images: readonly ImageRow[]): string =>
  images.length <= 3 ? images.map(nameOf).join(', ') : plural(images.length, 'image');

const openForm = (state: State, form: Pick<FormOverlay, 'purpose' | 'title' | 'form' | 'images'>): Step =>
  step({ ...state, overlay: { kind: 'form', failure: undefined, busy: false, ...form } });

/** Those of the subjects that no container was made from, unless another name keeps the image. */
function removable(state: State, images: readonly ImageRow[]): readonly ImageRow[] {
  const gone = goneWith(state.images.list ?? [], images);
  const { list } = state.containers;
  return images.filter(
    (image) => !gone.has(image.id) || (usersOf(list, image.id).length === 0 && keepersOf(image, list).length === 0),
  );
}

function usedSentence(state: State, image: ImageRow): string {
  const names = usersOf(state.containers.list, image.id).map(({ config }) => config.name);
  const [kept] = keepersOf(image, state.containers.list);
  if (names.length === 0 && kept !== undefined)
    return `${nameOf(image)} is kept for ${kept}, which was removed and can be brought back for ten minutes.`;
  return `${nameOf(image)} is used by ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''}: remove ${names.length > 1 ? 'those' : 'that'} first.`;
}

const remove: Handler = (state) => {
  const images = imageSubjects(state);
  if (images.length === 0) return refuse(state, NOTHING);
  const may = removable(state, images);
  const kept = images.filter((image) => !may.includes(image));
  if (may.length === 0) return refuse(state, usedSentence(state, kept[0]!));
  const list = state.images.list ?? [];
  const gone = goneWith(list, may);
  const freed = freedBytes(list, may);
  const names = may.map((image): RemovedName => ({ id: image.id, name: keyOf(image), last: gone.has(image.id) }));
  return ask(state, `remove ${imageNames(may)}?`, removalLines(list, may, kept), {
    label: gone.size === 0 ? 'Remove the name' : `Remove, free ${bytes(freed)}`,
    effects: [{ type: 'remove-images', names }],
  });
};

const prune: Handler = (state) => {
  const { list = [] } = state.images;
  const { list: containers } = state.containers;
  const dangling = prunable(list, containers, 'dangling');
  const unused = prunable(list, containers, 'unused');
  if (unused.length === 0) return refuse(state, 'Every image is used by a container: there is nothing to prune.');
  const answers = [
    ...(dangling.length === 0
      ? []
      : [
          {
            label: `Without a name, ${bytes(freedBytes(list, dangling))}`,
            effects: [{ type: 'prune-images', which: 'dangling' } as const],
          },
        ]),
    ...(unused.length === dangling.length
      ? []
      : [
          {
            label: `All unused, ${bytes(freedBytes(list, unused))}`,
            effects: [{ type: 'prune-images', which: 'unused' } as const],
          },
        ]),
  ];
  return ask(state, 'prune images?', pruneLines(list, dangling, unused), ...answers);
};

const tag: Handler = (state) => {
  const image = selectedImage(state);
  if (image === undefined) return refuse(state, NOTHING);
  return openForm(state, {
    purpose: 'tag',
    title: `another name for ${nameOf(image)}`,
    form: tagForm(''),
    images: [keyOf(image)],
  });
};

const push: Handler = (state) => {
  const image = selectedImage(state);
  if (image === undefined) return refuse(state, NOTHING);
  if (image.name === undefined) return refuse(state, 'It has no name that says where to; t gives it one.');
  return openForm(state, { purpose: 'push', title: 'push an image', form: pushForm(image.name) });
};

/** "nginx-1.27.tar", in the directory in which the dashboard was started. */
function archivePath(images: readonly ImageRow[]): string {
  const name = images.length === 1 ? nameOf(images[0]!).replace(/[^A-Za-z0-9._-]+/g, '-') : 'images';
  return `${name}.tar`;
}

const save: Handler = (state) => {
  const images = imageSubjects(state);
  if (images.length === 0) return refuse(state, NOTHING);
  return openForm(state, {
    purpose: 'save',
    title: `save ${imageNames(images)} to an archive`,
    form: saveForm(archivePath(images)),
    images: images.map(keyOf),
  });
};

export const imageVerbs = {
  'pull-image': (state) => openForm(state, { purpose: 'pull', title: 'pull an image', form: pullForm() }),
  'push-image': push,
  'tag-image': tag,
  'remove-image': remove,
  'prune-images': prune,
  'save-image': save,
  'load-image': (state) => openForm(state, { purpose: 'load', title: 'load an archive', form: loadForm() }),
  'build-image': (state) => openForm(state, { purpose: 'build', title: 'build an image', form: buildForm() }),
} satisfies Record<string, Handler>;

// What was done.

const entry = (
  what: string,
  does: 'tag' | 'untag',
  names: readonly { readonly id: string; readonly name: string }[],
): UndoEntry => ({
  what,
  steps: names.map(({ id, name }) => ({ do: does, id, name })),
});

export function tagged(state: State, { image, name }: Extract<Action, { type: 'tagged' }>): Step {
  const told = noticed({ ...state, overlay: undefined }, 'good', `${image.name} is ${name} too.`);
  return step(withUndo(told, entry(`${image.name} was named ${name}`, 'untag', [{ id: image.id, name }])), {
    type: 'list-images',
  });
}

/** A name can be given back while the image is there by another one. */
export function imagesRemoved(
  state: State,
  { names, freedBytes: freed, refused }: Extract<Action, { type: 'image-removed' }>,
): Step {
  const next = withImages(state, { marks: new Set() });
  const why = refused.map(({ message }) => message).join('; ');
  if (names.length === 0) return step(noticed(next, 'error', why), { type: 'list-images' });
  const who = names.length <= 3 ? names.map(({ name }) => name).join(', ') : plural(names.length, 'image');
  const were = names.length === 1 ? 'was' : 'were';
  const back = names.filter(({ last }) => !last);
  const undo =
    back.length === 0
      ? ''
      : ` ctrl-z gives ${back.length === names.length ? 'the name' : 'names of what is still there'} back.`;
  const space = names.some(({ last }) => last) ? `: ${bytes(freed)} free` : '';
  const text = `${who} ${were} removed${space}.${undo}${why === '' ? '' : ` Not removed: ${why}`}`;
  const told = noticed(next, why === '' ? 'good' : 'warning', text);
  return step(withUndo(told, entry(`${who} ${were} removed`, 'tag', back)), { type: 'list-images' });
}

export function imagesPruned(
  state: State,
  { removed, freedBytes: freed }: Extract<Action, { type: 'images-pruned' }>,
): Step {
  const text = removed === 0 ? 'Nothing was pruned.' : `${plural(removed, 'image')} pruned: ${bytes(freed)} free.`;
  return step(noticed(withImages(state, { marks: new Set() }), 'good', text), { type: 'list-images' });
}
