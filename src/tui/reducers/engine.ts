// What the engine said: the containers there are, what happened to them.
import type { Container, EngineEvent } from '../../engine/index.js';
import { noticed, withNews, type Action } from '../actions.js';
import type { Overlay } from '../state/overlays.js';
import { eventSentence, eventSubject, isNotable } from '../present/event.js';
import { MAX_EVENTS, type State } from '../state.js';
import { withRowsChanged } from './view.js';

/** How old an event may be to be told as news, ms. */
const NEWS_MS = 10_000;

/** `notes` are things that a crash left and that were put right. */
export function engineOpened(
  state: State,
  { root, disk, ioWeights, notes }: Extract<Action, { type: 'engine-open' }>,
): State {
  const opened: State = {
    ...state,
    host: { ...state.host, root, disk, ioWeights },
    containers: { ...state.containers, engine: 'open' },
  };
  if (notes.length === 0) return opened;
  const more = notes.length > 1 ? ` (and ${notes.length - 1} more: v)` : '';
  return noticed(opened, 'warning', `${notes[0]!}${more}`);
}

export function withContainers(state: State, list: readonly Container[]): State {
  const byId = new Map(list.map((container) => [container.id, container]));
  const kept = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    [...map.keys()].every((id) => byId.has(id)) ? map : new Map([...map].filter(([id]) => byId.has(id)));
  const marks = [...state.table.marks].every((id) => byId.has(id))
    ? state.table.marks
    : new Set([...state.table.marks].filter((id) => byId.has(id)));
  const who = state.overlay === undefined ? [] : subjectsOf(state.overlay);
  const isMoot = who.length > 0 && !who.some((id) => byId.has(id));
  return withRowsChanged({
    ...state,
    containers: { ...state.containers, list, byId, pending: kept(state.containers.pending) },
    table: { ...state.table, marks, loads: kept(state.table.loads), ranks: kept(state.table.ranks) },
    // What is asked about a container that is gone is no question any more.
    ...(isMoot ? { overlay: undefined } : {}),
  });
}

/** The containers that a dialog is about; nobody for one that is about no container. */
function subjectsOf(overlay: Overlay): readonly string[] {
  switch (overlay.kind) {
    case 'limits':
      return overlay.ids;
    case 'form':
      return overlay.subject === undefined ? [] : [overlay.subject];
    case 'question':
      return overlay.answers.flatMap(({ effects }) =>
        effects.flatMap((effect) =>
          effect.type === 'verb' || effect.type === 'remove'
            ? effect.ids
            : effect.type === 'disconnect' || effect.type === 'republish'
              ? [effect.container]
              : [],
        ),
      );
    default:
      return [];
  }
}

export function withEvents(state: State, events: readonly EngineEvent[]): State {
  const list = [...state.events.list, ...events].slice(-MAX_EVENTS);
  // Scrolled back, the lines that are read stay where they are.
  const back = state.events.back === 0 ? 0 : Math.min(list.length, state.events.back + events.length);
  const next = { ...state, events: { list, back } };
  // What happened before one looked is on the page of events; it is no news.
  const notable = events.findLast((event) => isNotable(event) && state.now - event.time < NEWS_MS);
  if (!notable) return next;
  // That it ended follows from what it was killed for: the cause is the news.
  const cause = list.findLast(
    ({ action, id, time }) => action === 'oom' && id === notable.id && notable.time - time < NEWS_MS,
  );
  const told = cause ?? notable;
  return withNews(next, told.action === 'oom' ? 'error' : 'warning', `${eventSubject(told)} ${eventSentence(told)}.`);
}
