// Whom the dashboard did something to, against whom it could have meant: the marked, the selected, or who is named in what
// stands above. What others do to containers meanwhile is not counted.
import type { Engine } from '../../src/engine/index.js';
import type { Effect } from '../../src/tui/actions.js';
import { rowsOf } from '../../src/tui/rows.js';
import type { State } from '../../src/tui/state.js';
import type { Desk } from './desk.js';

const ONE_SUBJECT = ['rename', 'exec', 'attach'] as const;
const ACTS = [
  'start',
  'stop',
  'kill',
  'restart',
  'pause',
  'unpause',
  'remove',
  'restore',
  'update',
  ...ONE_SUBJECT,
] as const;
type Act = (typeof ACTS)[number];

export interface Touch {
  readonly act: Act;
  readonly id: string;
}

/** Notes every act on a container from now on; `byOthers` does something unnoticed. */
export function watchActs(desk: Desk): { readonly touches: Touch[]; byOthers(act: (engine: Engine) => unknown): void } {
  const { engine } = desk.world;
  const original: Engine = Object.assign(Object.create(engine) as Engine, {});
  const touches: Touch[] = [];
  let isOthers = false;
  for (const act of ACTS) {
    const does = engine[act].bind(engine) as (ref: string, ...more: unknown[]) => Promise<unknown>;
    const noting = (ref: string, ...more: unknown[]): Promise<unknown> => {
      if (!isOthers) touches.push({ act, id: idOf(desk.state, ref) });
      return does(ref, ...more);
    };
    Object.assign(engine, { [act]: noting });
  }
  return {
    touches,
    byOthers(act) {
      isOthers = true;
      // What is refused because somebody was faster is no matter.
      void Promise.resolve(act(original)).catch(() => undefined);
      isOthers = false;
    },
  };
}

const idOf = (state: State, ref: string): string =>
  state.containers.list.find(({ id, config }) => id === ref || config.name === ref)?.id ?? ref;

/** Who a question is about. */
export const idsIn = (effects: readonly Effect[]): readonly string[] =>
  effects.flatMap((effect) => (effect.type === 'verb' || effect.type === 'remove' ? effect.ids : []));

/** The containers of the selected row, as it stands on the screen. */
function inRow(state: State): readonly string[] {
  const row = rowsOf(state).find(({ key }) => key === state.table.selected);
  if (row === undefined) return [];
  return row.kind === 'group' ? row.members.map(({ id }) => id) : [row.container.id];
}

/** Who a key is about that is pressed now. */
export const meant = (state: State): readonly string[] =>
  state.table.marks.size > 0 ? [...state.table.marks] : inRow(state);

/** The container that was named by what was chosen in the palette between two states ("kill web"), if any. */
export function namedInPalette(before: State, after: State): readonly string[] {
  if (before.overlay?.kind !== 'menu' || after.recent === before.recent) return [];
  const named = /^do:[^:]+:(.+)$/.exec(after.recent[0] ?? '')?.[1];
  return named === undefined ? [] : [named];
}

/** Who may be touched by an act when a key or a click comes in this state. */
export function mayTouch(state: State, act: Act): readonly string[] {
  const { overlay, containers, view, shells } = state;
  const front = shells.list.find(({ number }) => view.tab === `shell:${number}`)?.containerId;
  const isOne = (ONE_SUBJECT as readonly string[]).includes(act);
  const here = isOne ? [...inRow(state), ...(front === undefined ? [] : [front])] : meant(state);
  const back = containers.undo.at(-1)?.steps.map(({ id }) => id) ?? [];
  const demo = containers.list.filter(({ config }) => config.name.startsWith('demo-')).map(({ id }) => id);
  const ended = containers.list.filter(({ state: { status } }) => status === 'exited').map(({ id }) => id);
  switch (overlay?.kind) {
    case undefined:
      return act === 'start' || act === 'kill' ? [...here, ...back, ...demo] : [...here, ...back];
    case 'question': {
      const effects = overlay.answers.flatMap((answer) => answer.effects);
      return effects.some(({ type }) => type === 'prune') ? ended : idsIn(effects);
    }
    case 'limits':
      return overlay.ids;
    case 'form':
      return overlay.subject === undefined ? [] : [overlay.subject];
    case 'menu':
      if (overlay.purpose === 'palette') return [...here, ...back, ...demo, ...(act === 'remove' ? ended : [])];
      return overlay.purpose === 'bulk' ? here : [];
    default:
      return [];
  }
}
