// What is done to volumes: who is meant, whether it may be done, what is asked first, and what was done.
import { isTscontainError, parseBytes, parseLabel } from '../../engine/index.js';
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { volumePruneLines, volumeRemovalLines } from '../present/volume.js';
import { bytes, plural } from '../present/units.js';
import { splitWords } from '../present/words.js';
import type { Answer, FormOverlay } from '../state/overlays.js';
import type { State } from '../state.js';
import { volumeSubjects } from '../volume-rows.js';
import type { PrunableVolumes, VolumeRequest } from '../volumes/port.js';
import { bytesOf, prunable, shownName } from '../volumes/using.js';
import { fieldOf, type Form } from '../widgets/index.js';
import type { Handler } from './handler.js';
import { textField, withProblems } from './run-form.js';
import { ask } from './verbs.js';
import { volumeNames, withVolumes } from './volumes.js';

const NOTHING = 'There is no volume here; n makes one.';
const WIDE = 44;

const volumeForm = (): Form => ({
  rows: [
    { ...textField('name', 'name', WIDE), placeholder: 'one is made up' },
    { ...textField('size', 'at most', WIDE), placeholder: 'no limit; or 10g where there are quotas' },
    { ...textField('labels', 'labels', WIDE), placeholder: 'none; or NAME=value …' },
  ],
  focus: 'name',
  top: 0,
});

const textOf = (form: Form, id: string): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? field.line.text.trim() : '';
};

function volumeRequest(form: Form): VolumeRequest | { readonly problems: ReadonlyMap<string, string> } {
  const problems = new Map<string, string>();
  const [name, size] = ['name', 'size'].map((id) => textOf(form, id)) as [string, string];
  if (name.includes('/')) problems.set('name', 'a name has no /: -v /host:/inside takes a directory of the host');
  const checked = (field: string, action: () => unknown): void => {
    try {
      action();
    } catch (error) {
      if (!isTscontainError(error)) throw error;
      problems.set(field, error.hint ?? error.message);
    }
  };
  if (size !== '') checked('size', () => parseBytes(size, 'the size'));
  const words = splitWords(textOf(form, 'labels'));
  const labels: Record<string, string> = {};
  if ('problem' in words) problems.set('labels', words.problem);
  else for (const word of words) checked('labels', () => Object.assign(labels, Object.fromEntries([parseLabel(word)])));
  return problems.size > 0 ? { problems } : { name, size, labels };
}

export function submitVolumeForm(state: State, overlay: FormOverlay): Step {
  const { form } = overlay;
  const request = volumeRequest(form);
  if ('problems' in request)
    return step({ ...state, overlay: { ...overlay, form: withProblems(form, request.problems), failure: undefined } });
  const asked = { ...overlay, form: withProblems(form, new Map()), failure: undefined, busy: true };
  return step({ ...state, overlay: asked }, { type: 'create-volume', request });
}

const remove: Handler = (state) => {
  const volumes = volumeSubjects(state);
  if (volumes.length === 0) return refuse(state, NOTHING);
  const may = volumes.filter(({ usedBy }) => usedBy.length === 0);
  const kept = volumes.filter(({ usedBy }) => usedBy.length > 0);
  if (may.length === 0) {
    const [first] = kept;
    const [user] = first!.usedBy;
    const why = user!.isRemoved
      ? `is kept for ${user!.name}, which was removed and can be brought back for ten minutes`
      : `is used by ${user!.name}: remove that first`;
    return refuse(state, `${shownName(first!)} ${why}.`);
  }
  const freed = bytesOf(state.volumes.sizes, may);
  return ask(state, `remove ${volumeNames(may)}?`, volumeRemovalLines(state.volumes.sizes, may, kept), {
    label: freed === undefined ? 'Remove' : `Remove, free ${bytes(freed)}`,
    effects: [{ type: 'remove-volumes', names: may.map(({ name }) => name) }],
  });
};

const prune: Handler = (state) => {
  const { list = [], sizes } = state.volumes;
  const anonymous = prunable(list, 'anonymous');
  const unused = prunable(list, 'unused');
  if (unused.length === 0) return refuse(state, 'Every volume is used by a container: there is nothing to prune.');
  const answer = (label: string, which: PrunableVolumes): Answer => ({
    label: `${label}, ${bytes(bytesOf(sizes, which === 'unused' ? unused : anonymous))}`,
    effects: [{ type: 'prune-volumes', which }],
  });
  const answers = [
    ...(anonymous.length === 0 ? [] : [answer('Without a name', 'anonymous')]),
    ...(unused.length === anonymous.length ? [] : [answer('All unused', 'unused')]),
  ];
  return ask(state, 'prune volumes?', volumePruneLines(sizes, anonymous, unused), ...answers);
};

export const volumeVerbs = {
  'create-volume': (state) =>
    step({
      ...state,
      overlay: {
        kind: 'form',
        purpose: 'volume',
        title: 'make a volume',
        form: volumeForm(),
        failure: undefined,
        busy: false,
      },
    }),
  'remove-volume': remove,
  'prune-volumes': prune,
} satisfies Record<string, Handler>;

// What was done.

export function volumesChanged(
  state: State,
  { what, names, freedBytes, refused }: Extract<Action, { type: 'volumes-changed' }>,
): Step {
  const next = withVolumes(what === 'made' ? { ...state, overlay: undefined } : state, { marks: new Set() });
  const relist = { type: 'list-volumes' } as const;
  const why = refused.map(({ message }) => message).join('; ');
  if (names.length === 0)
    return step(noticed(next, why === '' ? 'good' : 'error', why === '' ? 'Nothing was pruned.' : why), relist);
  const who = names.length <= 3 ? names.join(', ') : plural(names.length, 'volume');
  const space = freedBytes === undefined ? '' : `: ${bytes(freedBytes)} free`;
  const text = `${who} ${names.length === 1 ? 'was' : 'were'} ${what === 'made' ? 'made' : 'removed'}${space}.${why === '' ? '' : ` Not removed: ${why}`}`;
  return step(noticed(next, why === '' ? 'good' : 'warning', text), relist);
}

/** How many volumes a prune took, where it does not name them. */
export function volumesPruned(
  state: State,
  { removed, freedBytes }: Extract<Action, { type: 'volumes-pruned' }>,
): Step {
  const text =
    removed === 0 ? 'Nothing was pruned.' : `${plural(removed, 'volume')} pruned: ${bytes(freedBytes)} free.`;
  return step(noticed(withVolumes(state, { marks: new Set() }), 'good', text), { type: 'list-volumes' });
}
