// What ctrl-z takes back: every act that can be undone leaves an entry, an act on many leaves one, and the last goes first.
import { KEEP_SECONDS, type Container } from '../../engine/index.js';
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { bytes, plural } from '../present/units.js';
import type { State, UndoEntry, UndoStep, Verb } from '../state.js';
import type { Handler } from './handler.js';
import { begun } from './verbs.js';

/** Older acts than so many are not remembered. */
const MAX_UNDO = 50;
const MINUTE_SECONDS = 60;

export function withUndo(state: State, entry: UndoEntry | undefined): State {
  if (entry === undefined || entry.steps.length === 0) return state;
  const undo = [...state.containers.undo, entry].slice(-MAX_UNDO);
  return { ...state, containers: { ...state.containers, undo } };
}

const whoIs = (names: readonly string[]): { who: string; was: string } =>
  names.length <= 3
    ? { who: names.join(', '), was: names.length === 1 ? 'was' : 'were' }
    : { who: plural(names.length, 'container'), was: 'were' };

const entry = (steps: readonly UndoStep[], what: string): UndoEntry => {
  const { who, was } = whoIs(steps.map(({ name }) => name));
  return { what: `${who} ${was} ${what}`, steps };
};

export const limitsUndo = (changed: Extract<Action, { type: 'updated' }>['changed']): UndoEntry =>
  entry(
    changed.map(({ id, name, before }): UndoStep => ({ do: 'limits', id, name, limits: before })),
    'given new limits',
  );

/** Each verb with its opposite, and how it is called once it is done. */
const OPPOSITES: Readonly<
  Partial<Record<Verb, { readonly done: string; readonly step: (container: Container) => UndoStep | undefined }>>
> = {
  pause: { done: 'paused', step: ({ id, config: { name } }) => ({ do: 'unpause', id, name }) },
  unpause: { done: 'let go on', step: ({ id, config: { name } }) => ({ do: 'pause', id, name }) },
  stop: { done: 'stopped', step: startAgain },
  kill: { done: 'killed', step: startAgain },
  remove: {
    done: 'removed',
    step: ({ id, config: { name, autoRemove }, state: { status } }) =>
      autoRemove
        ? undefined
        : { do: 'restore', id, name, start: status === 'running' || status === 'paused' || status === 'restarting' },
  },
};

/** One that removes itself when it ends is not there to be started again. */
function startAgain({ id, config: { name, autoRemove } }: Container): UndoStep | undefined {
  return autoRemove ? undefined : { do: 'start', id, name };
}

/** @param containers those to whom it was done, as they were before */
export function done(state: State, { verb, containers, keptBytes }: Extract<Action, { type: 'done' }>): State {
  const opposite = OPPOSITES[verb];
  if (opposite === undefined || containers.length === 0) return state;
  const steps = containers.flatMap((container) => opposite.step(container) ?? []);
  const next = withUndo(state, steps.length === 0 ? undefined : entry(steps, opposite.done));
  if (verb !== 'remove') return next;
  const { who, was } = whoIs(containers.map(({ config }) => config.name));
  if (steps.length === 0) return noticed(next, 'good', `${who} ${was} removed.`);
  const space = keptBytes === undefined ? '' : ` and its ${bytes(keptBytes)} of disk`;
  const minutes = KEEP_SECONDS / MINUTE_SECONDS;
  const them = steps.length === 1 ? 'it' : 'them';
  const text = `${who} ${was} removed. For ${minutes} minutes ctrl-z brings ${them}${space} back.`;
  return noticed(next, 'good', text);
}

export const renameUndo = (id: string, name: string, before: string): UndoEntry => ({
  what: `${before} was renamed to ${name}`,
  steps: [{ do: 'rename', id, name, to: before }],
});

const undo: Handler = (state): Step => {
  const last = state.containers.undo.at(-1);
  if (!last) return refuse(state, 'Nothing was changed from here: there is nothing to undo.');
  const busy = last.steps.find(({ id }) => state.containers.pending.has(id));
  if (busy) return refuse(state, `${busy.name} is still being worked on; ctrl-z again in a moment.`);
  const rest = { ...state, containers: { ...state.containers, undo: state.containers.undo.slice(0, -1) } };
  let next = noticed(rest, 'info', `Taking back: ${last.what} …`);
  for (const { id, do: what } of last.steps) {
    const container = state.containers.byId.get(id);
    if (container) next = begun(next, SHOWN_AS[what], [container]);
  }
  return step(next, { type: 'undo', entry: last });
};

export const undoCommands = { undo } satisfies Record<string, Handler>;

/** The verb that a row shows while a step is taken back. */
export const SHOWN_AS: Readonly<Record<UndoStep['do'], Verb>> = {
  pause: 'pause',
  unpause: 'unpause',
  start: 'start',
  limits: 'update',
  rename: 'rename',
  restore: 'start',
  tag: 'update',
  untag: 'update',
  connect: 'update',
  disconnect: 'update',
};

/** What is so again, of those for whom it could be done. */
const AGAIN: Readonly<Record<UndoStep['do'], (who: string, many: boolean) => string>> = {
  limits: (who) => `The limits of ${who} are as they were.`,
  pause: (who, many) => `${who} ${many ? 'are' : 'is'} paused again.`,
  unpause: (who, many) => `${who} ${many ? 'go' : 'goes'} on again.`,
  start: (who, many) => `${who} ${many ? 'run' : 'runs'} again.`,
  rename: (who) => `${who} has its old name again.`,
  restore: (who, many) => `${who} ${many ? 'are' : 'is'} back.`,
  tag: (who, many) => `${who} ${many ? 'are names' : 'is a name'} of ${many ? 'their images' : 'its image'} again.`,
  untag: (who, many) => `${who} ${many ? 'are names' : 'is a name'} no more.`,
  connect: (who, many) => `${who} ${many ? 'are' : 'is'} connected again.`,
  disconnect: (who, many) => `${who} ${many ? 'are' : 'is'} not connected any more.`,
};

export function undone(state: State, { entry: { steps }, failed }: Extract<Action, { type: 'undone' }>): State {
  const back = steps.filter(({ id }) => !failed.some((failure) => failure.id === id));
  const why = failed.map(({ name, message }) => `${name}: ${message}`).join('; ');
  if (back.length === 0) return noticed(state, 'error', `It could not be taken back. ${why}`);
  const names = back.map((one) => (one.do === 'rename' ? one.to : one.name));
  const said = AGAIN[back[0]!.do](whoIs(names).who, names.length > 1);
  return failed.length === 0
    ? noticed(state, 'good', said)
    : noticed(state, 'warning', `${said} Not taken back: ${why}`);
}
