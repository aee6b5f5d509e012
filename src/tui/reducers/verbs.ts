// What is done to containers: who is meant, whether it may be done, what is asked first.
import { rulingOn, type Container, type Verb as RuledVerb } from '../../engine/index.js';
import { noticed, refuse, step, type Effect, type Step } from '../actions.js';
import { isAtWork, subjectOf } from '../images/jobs.js';
import type { Answer, Line, QuestionOverlay } from '../state/overlays.js';
import { isDemoThere, NOISY } from '../state/demo.js';
import { removalLines } from '../present/removal.js';
import { plural } from '../present/units.js';
import { selectedRow, subjects } from '../rows.js';
import type { Pending, State, Verb } from '../state.js';
import { clearMarks } from './table.js';
import type { Handler } from './handler.js';

const NOBODY = 'There is no container here; n runs one.';

export const namesOf = (containers: readonly Container[]): string =>
  containers.length <= 3
    ? containers.map(({ config }) => config.name).join(', ')
    : plural(containers.length, 'container');

/** The state in which something is being done to these containers. */
export function begun(state: State, verb: Verb, containers: readonly Container[]): State {
  const pending = new Map(state.containers.pending);
  for (const { id, config } of containers) {
    const entry: Pending =
      verb === 'stop' && config.stopTimeoutSeconds >= 0
        ? { verb, since: state.now, deadline: state.now + config.stopTimeoutSeconds * 1000 }
        : { verb, since: state.now };
    pending.set(id, entry);
  }
  return { ...state, containers: { ...state.containers, pending } };
}

export function finished(state: State, id: string, verb: Verb): State {
  if (state.containers.pending.get(id)?.verb !== verb) return state;
  const pending = new Map(state.containers.pending);
  pending.delete(id);
  return { ...state, containers: { ...state.containers, pending } };
}

/** Those of the subjects to whom it may be done; where there is none, the reason why. */
export function allowed(state: State, verb: RuledVerb): readonly Container[] | string {
  const who = subjects(state);
  if (who.length === 0) return NOBODY;
  const may = who.filter(({ state: { status } }) => rulingOn(verb, status) === 'allowed');
  return may.length > 0 ? may : reason(verb, who[0]!);
}

function reason(verb: RuledVerb, { config, state }: Container): string {
  const ruling = rulingOn(verb, state.status);
  if (typeof ruling === 'object') return `${config.name}: ${ruling.because}; ${ruling.hint}.`;
  const already: Partial<Record<RuledVerb, string>> = { start: 'runs already', stop: 'is not running' };
  return `${config.name} ${already[verb] ?? 'is so already'}.`;
}

type PlainVerb = 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'kill';

const DOING: Readonly<Record<PlainVerb, string>> = {
  start: 'Starting',
  stop: 'Stopping',
  restart: 'Restarting',
  pause: 'Freezing',
  unpause: 'Letting go on',
  kill: 'Killing',
};

/** What is told at once; of a stop also what comes if it is not heeded. */
function announcement(verb: PlainVerb, who: readonly Container[]): string {
  const grace = who[0]!.config.stopTimeoutSeconds;
  const isGraceful = verb === 'stop' && grace >= 0;
  return `${DOING[verb]} ${namesOf(who)}${isGraceful ? `: SIGKILL in ${grace} s if it does not end by itself; ctrl-k kills now.` : ' …'}`;
}

function act(state: State, verb: PlainVerb, who: readonly Container[]): Step {
  const next = noticed(clearMarks(begun(state, verb, who)), 'info', announcement(verb, who));
  return step(next, { type: 'verb', verb, ids: who.map(({ id }) => id) });
}

/** `r`: what runs is restarted, what does not is started; never half and half unseen, so the majority of subjects decides. */
const restart: Handler = (state) => {
  const who = subjects(state);
  if (who.length === 0) return refuse(state, NOBODY);
  const startable = who.filter(({ state: { status } }) => status === 'created' || status === 'exited');
  if (startable.length === who.length) return act(state, 'start', who);
  const may = allowed(state, 'restart');
  return typeof may === 'string' ? refuse(state, may) : act(state, 'restart', may);
};

const pause: Handler = (state) => {
  const who = subjects(state);
  if (who.length > 0 && who.every(({ state: { status } }) => status === 'paused')) return act(state, 'unpause', who);
  const may = allowed(state, 'pause');
  return typeof may === 'string' ? refuse(state, may) : act(state, 'pause', may);
};

const stop: Handler = (state) => {
  const may = allowed(state, 'stop');
  return typeof may === 'string' ? refuse(state, may) : act(state, 'stop', may);
};

/** A question whose first answer changes nothing. */
export function ask(state: State, title: string, lines: readonly Line[], ...answers: readonly Answer[]): Step {
  const overlay: QuestionOverlay = {
    kind: 'question',
    title,
    lines,
    answers: [{ label: 'Cancel', effects: [] }, ...answers],
    focus: 0,
  };
  return step({ ...state, overlay });
}

const kill: Handler = (state) => {
  const may = allowed(state, 'kill');
  if (typeof may === 'string') return refuse(state, may);
  const effect: Effect = { type: 'verb', verb: 'kill', ids: may.map(({ id }) => id) };
  return ask(
    state,
    `kill ${namesOf(may)}?`,
    [
      { text: 'Every process in it gets SIGKILL at once: nothing is saved, nothing is cleaned up.' },
      { text: 't stops it gently instead.', tone: 'dim' },
    ],
    { label: 'Kill', effects: [effect] },
  );
};

const remove: Handler = (state) => {
  const may = subjects(state);
  if (may.length === 0) return refuse(state, NOBODY);
  const ids = may.map(({ id }) => id);
  return ask(state, `remove ${namesOf(may)}?`, removalLines(may), {
    label: 'Remove',
    effects: [{ type: 'remove', ids, force: true }],
  });
};

const prune: Handler = (state) => {
  const ended = state.containers.list.filter(({ state: { status } }) => rulingOn('remove', status) === 'allowed');
  if (ended.length === 0) return refuse(state, 'Every container is running: there is nothing to prune.');
  return ask(
    state,
    `remove ${plural(ended.length, 'container')} that ${ended.length === 1 ? 'is' : 'are'} not running?`,
    removalLines(ended),
    {
      label: 'Remove',
      effects: [{ type: 'prune' }],
    },
  );
};

const copyId: Handler = (state) => {
  const who = subjects(state);
  if (who.length === 0) return refuse(state, NOBODY);
  const text = who.map(({ id }) => id).join('\n');
  return step(noticed(state, 'info', `Copied the id of ${namesOf(who)}.`), { type: 'copy', what: 'text', text });
};

const quit: Handler = (state) => {
  const open = state.shells.list.filter(({ status, kind }) => status === 'open' && kind === 'shell');
  const working = state.jobs.list.filter(isAtWork);
  if (open.length === 0 && working.length === 0) return step(state, { type: 'quit' });
  const where = [...new Set(open.map(({ containerName }) => containerName))].join(', ');
  return ask(
    state,
    'leave the dashboard?',
    [
      ...(open.length === 0
        ? []
        : [
            {
              text: `${plural(open.length, 'shell')} in ${where}: what runs in ${open.length === 1 ? 'it' : 'them'} is hung up.`,
              tone: 'notice',
            } as const,
          ]),
      ...working.map(({ request }): Line => ({
        text: `The ${request.kind} of ${subjectOf(request)} is called off${request.kind === 'pull' ? '; what came is kept' : ''}.`,
        tone: 'notice',
      })),
      { text: 'Containers run on.', tone: 'dim' },
    ],
    { label: 'Leave', effects: [{ type: 'quit' }] },
  );
};

export const verbCommands = {
  restart,
  pause,
  stop,
  kill,
  remove,
  prune,
  'copy-id': copyId,
  quit,
  demo: (state) => step(noticed(state, 'info', 'Starting the demo …'), { type: 'demo' }),
  'wake-noisy': (state) =>
    isDemoThere(state)
      ? step(state, { type: 'wake-noisy' })
      : refuse(state, `${NOISY} does not run: this key belongs to the demo.`),
  redraw: (state) => step(state, { type: 'redraw' }),
} satisfies Record<string, Handler>;

/** The container that a form or a shell is about, or why there is none. */
export function one(state: State, verb: RuledVerb): Container | string {
  const row = selectedRow(state);
  if (row?.kind === 'group') return `Choose one container of ${row.project}: this is about a single one.`;
  const container = row?.container;
  if (!container) return NOBODY;
  return rulingOn(verb, container.state.status) === 'allowed' ? container : reason(verb, container);
}
