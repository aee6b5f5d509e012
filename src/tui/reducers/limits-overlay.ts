// The limits dialog as it stands above everything: of one container or of several at once. Only what was touched is changed;
// each container keeps the rest.
import { rulingOn, type Container, type Limits } from '../../engine/index.js';
import { noticed, refuse, step, type Action, type Effect, type Step } from '../actions.js';
import type { LimitsOverlay } from '../state/overlays.js';
import { plural } from '../present/units.js';
import type { KeyEvent, PasteEvent } from '../screen/index.js';
import type { State } from '../state.js';
import { reduceForm } from '../widgets/index.js';
import { presetTexts, type Preset, type PresetFacts } from './limit-presets.js';
import {
  commonTexts,
  initialTexts,
  LIMIT_FIELDS,
  limitsBefore,
  limitsChange,
  limitsForm,
  setText,
  textIn,
  type LimitField,
  type LimitTexts,
} from './limits.js';
import { withProblems } from './run-form.js';
import { limitsUndo, withUndo } from './undo.js';
import { allowed, begun, namesOf } from './verbs.js';

const withOverlay = (state: State, overlay: LimitsOverlay | undefined): State => ({ ...state, overlay });

export function openLimits(state: State): Step {
  const containers = allowed(state, 'update');
  if (typeof containers === 'string') return refuse(state, containers);
  const { texts, differs } = commonTexts(containers, state.host.disk);
  const ids = containers.map(({ id }) => id);
  const overlay: LimitsOverlay = {
    kind: 'limits',
    ids,
    form: limitsForm(texts),
    initial: texts,
    differs,
    cleared: new Set(),
    presets: [],
    missing: new Set(containers.some(isMemoryInV1) ? ['memory-high'] : []),
    failure: undefined,
    busy: false,
  };
  return step(withOverlay(state, overlay), { type: 'look-up-limits', ids });
}

/** memory.high is a file of v2. */
const isMemoryInV1 = ({ cgroup }: Container): boolean => cgroup.controllers['memory'] !== undefined;

const KEYS_OF: Readonly<Partial<Record<LimitField, keyof Limits>>> = {
  'memory-high': 'memoryHigh',
  reserved: 'memoryReservation',
  'cpu-weight': 'cpuShares',
  'io-weight': 'blkioWeight',
  pids: 'pidsLimit',
};

/** The kernel says what it can limit here. While a container has no cgroup it says nothing. */
export function limitsInForce(state: State, { limits }: Extract<Action, { type: 'limits-in-force' }>): State {
  const { overlay } = state;
  if (overlay?.kind !== 'limits' || Object.keys(limits).length === 0) return state;
  const found = LIMIT_FIELDS.filter((field) => {
    const key = KEYS_OF[field];
    return key !== undefined && limits[key] === undefined;
  });
  return withOverlay(state, { ...overlay, missing: new Set([...overlay.missing, ...found]) });
}

/** The containers that it is about, as they are now. */
export const limited = (state: State, { ids }: LimitsOverlay): readonly Container[] =>
  ids.flatMap((id) => state.containers.byId.get(id) ?? []);

export const isBulk = ({ ids }: LimitsOverlay): boolean => ids.length > 1;

export function presetFacts(state: State, { missing }: LimitsOverlay, id: string): PresetFacts {
  const { disk, ioWeights } = state.host;
  return { now: state.table.loads.get(id), disk, missing, ioWeights };
}

export function limitsKey(state: State, overlay: LimitsOverlay, event: KeyEvent | PasteEvent): Step {
  const isKey = (...keys: readonly string[]): boolean => event.type === 'key' && keys.includes(event.key);
  if (isKey('escape', 'ctrl-c')) return step(withOverlay(state, undefined));
  if (overlay.busy) return step(state);
  const containers = limited(state, overlay);
  if (containers.length === 0) return refuse(withOverlay(state, undefined), 'The container is gone.');
  // No value has these letters in it, so they can be presets while a field is in focus.
  if (isKey('q')) return step(preset(state, overlay, overlay.presets.includes('quiet') ? 'harder' : 'quiet'));
  if (isKey('h')) return step(preset(state, overlay, 'half'));
  if (isKey('x')) return step(withOverlay(state, clear(overlay)));
  if (isKey('p')) return pause(state, containers);
  if (isKey('enter', 'ctrl-s')) return apply(state, overlay, containers);
  const form = reduceForm(overlay.form, event);
  return step(form ? withOverlay(state, { ...overlay, form, failure: undefined }) : state);
}

/** The limit in focus is to be none. In a field in which several differ that is not the same as leaving it empty. */
function clear(overlay: LimitsOverlay): LimitsOverlay {
  const field = overlay.form.focus as LimitField;
  return {
    ...overlay,
    form: setText(overlay.form, field, ''),
    cleared: new Set([...overlay.cleared, field]),
    failure: undefined,
  };
}

/** For one it is filled into the fields, to be read and changed; for several it is reckoned for each when it is applied. */
function preset(state: State, overlay: LimitsOverlay, wanted: Preset): State {
  const presets = [...overlay.presets, wanted];
  if (isBulk(overlay)) return withOverlay(state, { ...overlay, presets, failure: undefined });
  const texts = presetTexts(wanted, textsIn(overlay), presetFacts(state, overlay, overlay.ids[0]!));
  const form = (Object.entries(texts) as [LimitField, string][]).reduce(
    (filled, [field, text]) => setText(filled, field, text),
    overlay.form,
  );
  return withOverlay(state, { ...overlay, form, presets, failure: undefined });
}

const textsIn = ({ form }: LimitsOverlay): LimitTexts =>
  Object.fromEntries(LIMIT_FIELDS.map((field) => [field, textIn(form, field)])) as LimitTexts;

/** The fields that say something else than at first. */
export function touched(overlay: LimitsOverlay): ReadonlyMap<LimitField, string> {
  const texts = textsIn(overlay);
  const { initial, differs, cleared } = overlay;
  const changed = (field: LimitField): boolean =>
    texts[field] !== initial[field] || (cleared.has(field) && differs.has(field));
  return new Map(LIMIT_FIELDS.filter(changed).map((field) => [field, texts[field]]));
}

/** What the presets chosen for several make of the fields of one of them. */
export function presetTextsOf(state: State, overlay: LimitsOverlay, container: Container): Partial<LimitTexts> {
  if (!isBulk(overlay)) return {};
  const facts = presetFacts(state, overlay, container.id);
  return overlay.presets.reduce<Partial<LimitTexts>>(
    (texts, wanted) => ({
      ...texts,
      ...presetTexts(wanted, { ...initialTexts(container, state.host.disk), ...texts }, facts),
    }),
    {},
  );
}

function pause(state: State, containers: readonly Container[]): Step {
  const may = containers.filter(({ state: { status } }) => rulingOn('pause', status) === 'allowed');
  if (may.length === 0) return refuse(state, `${namesOf(containers)}: nothing that runs, so nothing to pause.`);
  return step(begun(withOverlay(state, undefined), 'pause', may), {
    type: 'verb',
    verb: 'pause',
    ids: may.map(({ id }) => id),
  });
}

function apply(state: State, overlay: LimitsOverlay, containers: readonly Container[]): Step {
  const wanted = touched(overlay);
  const problems = new Map<string, string>();
  const changes: Extract<Effect, { type: 'update' }>['changes'][number][] = [];
  for (const container of containers) {
    const initial = initialTexts(container, state.host.disk);
    const texts = new Map([
      ...(Object.entries(presetTextsOf(state, overlay, container)) as [LimitField, string][]),
      ...wanted,
    ]);
    for (const [field, text] of texts) if (text === initial[field]) texts.delete(field);
    const change = limitsChange(texts, container, state.host.disk);
    if ('problems' in change) for (const [field, problem] of change.problems) problems.set(field, problem);
    else if (Object.keys(change.limits).length > 0)
      changes.push({ id: container.id, limits: change.limits, before: limitsBefore(change.limits, container) });
  }
  if (problems.size > 0)
    return step(withOverlay(state, { ...overlay, form: withProblems(overlay.form, problems), failure: undefined }));
  if (changes.length === 0) return refuse(withOverlay(state, undefined), 'Nothing was changed.');
  const form = withProblems(overlay.form, new Map());
  return step(withOverlay(state, { ...overlay, form, busy: true }), { type: 'update', changes });
}

/** The engine has answered for each. One sentence says it; where nobody was changed, the dialog stays and says why. */
export function limitsUpdated(state: State, { changed, refused }: Extract<Action, { type: 'updated' }>): State {
  const { overlay } = state;
  const why = refusalText(refused);
  if (changed.length === 0) {
    return overlay?.kind === 'limits'
      ? withOverlay(state, { ...overlay, failure: why, busy: false })
      : noticed(state, 'error', why);
  }
  const closed = overlay?.kind === 'limits' ? withOverlay(state, undefined) : state;
  const done = withUndo(closed, limitsUndo(changed));
  const names = changed.map(({ name }) => name);
  const who = names.length === 1 ? `${names[0]!} has` : `${plural(names.length, 'container')} have`;
  const told = `${who} new limits`;
  return refused.length === 0
    ? noticed(done, 'good', `${told}; ctrl-z takes them back.`)
    : noticed(done, 'warning', `${told}, ${refused.length} refused them: ${why}`);
}

/** Those that refused for the same reason come together. */
function refusalText(refused: Extract<Action, { type: 'updated' }>['refused']): string {
  const reasons = new Map<string, string[]>();
  for (const { name, message } of refused) reasons.set(message, [...(reasons.get(message) ?? []), name]);
  if (refused.length === 1) return refused[0]!.message;
  return [...reasons].map(([message, names]) => `${names.join(', ')}: ${message}`).join('; ');
}
