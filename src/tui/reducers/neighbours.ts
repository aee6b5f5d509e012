// Who hurts whom: what is told of it, what is looked at, and the way from a victim to the cure.
import { HOST_ID, withFound, type Finding, type FindingSpan } from '../../metrics/index.js';
import { refuse, step, type Step } from '../actions.js';
import { MAX_PAST_FINDINGS, type NeighboursSlice, type State } from '../state.js';
import type { Handler } from './handler.js';
import { overlayCommands, overlayInput } from './overlay.js';
import { clearMarks, select } from './table.js';
import { showPage, showTab } from './view.js';

const NOBODY = 'Nobody suffers: no container waits longer than it usually does.';

const withNeighbours = (state: State, neighbours: Partial<NeighboursSlice>): State => ({
  ...state,
  neighbours: { ...state.neighbours, ...neighbours },
});

/** What is judged of the newest sample; what is no longer in it is over. */
export function withFindings(state: State, findings: readonly Finding[]): State {
  if (findings === state.neighbours.findings) return state;
  return withNeighbours(state, {
    findings,
    past: withFound(state.neighbours.past, findings, state.now, MAX_PAST_FINDINGS),
  });
}

/** What was found of the time before the dashboard was opened. */
export const withNight = (state: State, night: readonly FindingSpan[]): State =>
  withNeighbours(state, { past: [...night, ...state.neighbours.past].slice(-MAX_PAST_FINDINGS) });

/** The finding that is looked at: the chosen one while it lasts, else the worst. */
export function shownFinding({ neighbours: { findings, shown } }: State): Finding | undefined {
  return findings.find(({ key }) => key === shown) ?? findings[0];
}

/** Chooses which finding is looked at. */
export const showFinding = (state: State, key: string): State => withNeighbours(state, { shown: key });

/** The suspect that can be done something about. */
export const suspectOf = (finding: Finding): string | undefined =>
  finding.suspects.find(({ id }) => id !== HOST_ID)?.id;

/** What the name of a target is on the screen; a project's sums are called by the project. */
export function nameOfTarget(state: State, id: string): string {
  return state.containers.byId.get(id)?.config.name ?? id.replace(/^project:/, '').slice(0, 12);
}

/** The row of who is in focus is selected, so that every key of a container works on it. */
function withSide(state: State, side: NeighboursSlice['side']): State {
  const finding = shownFinding(state);
  const id = finding && (side === 'victim' ? finding.victim : suspectOf(finding));
  const turned = withNeighbours(state, { side });
  return id !== undefined && state.containers.byId.has(id) ? select(turned, id) : turned;
}

const who: Handler = (state) => {
  if (state.view.page === 'neighbours') return step(showPage(state, 'overview'));
  const finding = shownFinding(state);
  if (finding === undefined) return refuse(state, NOBODY);
  return step(showPage(withSide(withNeighbours(state, { shown: finding.key }), 'victim'), 'neighbours'));
};

const side =
  (wanted: NeighboursSlice['side']): Handler =>
  (state) => {
    const finding = shownFinding(state);
    if (finding === undefined) return refuse(state, NOBODY);
    if (wanted === 'suspect' && suspectOf(finding) === undefined)
      return refuse(
        state,
        finding.byOwnLimit ? 'Its own limit holds it; nobody else does.' : 'No container stands out.',
      );
    return step(withSide(state, wanted));
  };

/** Up and down among several findings. */
export function moveAmongFindings(state: State, by: number): Step {
  const { findings } = state.neighbours;
  const at = findings.indexOf(shownFinding(state)!);
  const next = findings[Math.max(0, Math.min(findings.length - 1, at + by))];
  if (next === undefined) return refuse(state, NOBODY);
  return step(withSide(withNeighbours(state, { shown: next.key }), 'victim'));
}

/** The limits of whoever makes it, with the preset that quietens filled in; nothing is done before Enter. */
const quieten: Handler = (state) => {
  const finding = shownFinding(state);
  if (finding === undefined) return refuse(state, NOBODY);
  if (finding.byOwnLimit) return openLimits(state, finding.victim);
  const id = suspectOf(finding);
  if (id !== undefined) return openLimits(state, id, 'q');
  return refuse(
    state,
    finding.suspects.length > 0
      ? 'It is made by programs outside of containers: nothing of them can be limited from here.'
      : 'No container stands out, so there is none to quieten.',
  );
};

function openLimits(state: State, id: string, preset?: string): Step {
  if (!state.containers.byId.has(id)) return refuse(state, `${nameOfTarget(state, id)} is gone.`);
  const opened = overlayCommands.limits(select(clearMarks(state), id));
  const { overlay } = opened.state;
  if (preset === undefined || overlay?.kind !== 'limits') return opened;
  const key = { type: 'key', key: preset, text: preset, raw: Buffer.from(preset) } as const;
  return overlayInput(opened.state, overlay, key, (same) => step(same));
}

export const neighbourCommands = {
  who,
  quieten,
  'victim-side': side('victim'),
  'suspect-side': side('suspect'),
  'go-to-side': (state) => step(showTab(state, 'graphs')),
} satisfies Record<string, Handler>;
