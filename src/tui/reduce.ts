// An action and the state become the next state and what is to be done. The only place where slices meet.
import { noticed, refuse, step, type Action, type Effect, type Failure, type Step } from './actions.js';
import { bindingFor, keyOf } from './keymap/bound-keys.js';
import { contextsOf, type CommandName } from './keymap.js';
import { keyName } from './present/keys.js';
import { coresBetween } from './present/processes.js';
import { bytes, plural } from './present/units.js';
import { engineOpened, withContainers, withEvents } from './reducers/engine.js';
import { readOnlyRefusal } from './read-only.js';
import type { Handler } from './reducers/handler.js';
import { guardCommands } from './reducers/guard.js';
import { catalogueInFront, settledCatalogues } from './reducers/catalogues.js';
import type { CatalogueActs } from './reducers/catalogue.js';
import { detailsCame, imageCommands, imagesListed } from './reducers/images.js';
import { factCommands } from './reducers/facts.js';
import { networkCommands, networksListed, withNetworks } from './reducers/networks.js';
import { connected, networksChanged, networkVerbs, republished } from './reducers/network-verbs.js';
import { directoryCame, volumeCommands, volumeMeasured, volumesListed } from './reducers/volumes.js';
import { volumesChanged, volumesPruned, volumeVerbs } from './reducers/volume-verbs.js';
import { connectionCommands, connectionsCame } from './reducers/connections.js';
import { imagesPruned, imagesRemoved, imageVerbs, tagged } from './reducers/image-verbs.js';
import { jobCommands, jobEnded, jobsProgressed, withJobs } from './reducers/jobs.js';
import { limitsInForce, limitsUpdated } from './reducers/limits-overlay.js';
import { exportExists, logCommands, logsFrom } from './reducers/logs.js';
import { neighbourCommands, withFindings, withNight } from './reducers/neighbours.js';
import { CONFIRMATIONS, type Confirmation } from './config/index.js';
import { answer, overlayCommands, overlayInput, overlayRefused, overlayWheel } from './reducers/overlay.js';
import { isInBuilds, paneCommands, pickTile, wheel } from './reducers/panes.js';
import { click } from './reducers/pointer.js';
import { promptInput, promptOf } from './reducers/prompt.js';
import { openTab, shellCommands, shellEnded, shellOpened, shellRang, shellTitled } from './reducers/shells.js';
import { columnsCommands } from './reducers/columns.js';
import { paletteCommands } from './reducers/palette.js';
import { configured, settingsCommands, settingsSaved } from './reducers/settings.js';
import { sampled, settled, tableCommands } from './reducers/table.js';
import { timeCommands } from './reducers/time.js';
import { done, renameUndo, undoCommands, undone, withUndo } from './reducers/undo.js';
import { broadcasting, dragged, listeners, splitCommands } from './reducers/splits.js';
import { finished, verbCommands } from './reducers/verbs.js';
import { shellOf, viewCommands } from './reducers/view.js';
import { glyphsFor, type KeyEvent, type PasteEvent } from './screen/index.js';
import type { CatalogueName, State } from './state.js';
import { fitPosition } from './widgets/index.js';

/** Every command of the keymap; the compiler refuses a key without one and a command without a place in the keymap. */
const COMMANDS: Readonly<Record<CommandName, Handler>> = {
  ...tableCommands,
  ...verbCommands,
  ...undoCommands,
  ...guardCommands,
  ...viewCommands,
  ...paneCommands,
  ...logCommands,
  ...shellCommands,
  ...splitCommands,
  ...overlayCommands,
  ...imageCommands,
  ...networkCommands,
  ...networkVerbs,
  ...volumeCommands,
  ...volumeVerbs,
  ...factCommands,
  ...connectionCommands,
  ...imageVerbs,
  ...jobCommands,
  ...settingsCommands,
  ...paletteCommands,
  ...columnsCommands,
  ...neighbourCommands,
  ...timeCommands,
  mark: (state) =>
    state.view.page === 'grid' ? pickTile(state) : inTable(state, ({ mark }) => mark, tableCommands.mark),
  'clear-marks': (state) => inTable(state, ({ clearMarks }) => clearMarks, tableCommands['clear-marks']),
  filter: (state) => inTable(state, beginFilter, tableCommands.filter),
  sort: (state) => inTable(state, ({ openSort }) => openSort, overlayCommands.sort),
  follow: (state) => (isInBuilds(state) ? step(state, { type: 'scroll-build', by: 'f' }) : logCommands.follow(state)),
  wrap: (state) => (isInBuilds(state) ? step(state, { type: 'scroll-build', by: 'w' }) : logCommands.wrap(state)),
};

/** What a command that every table has does in the one that is in front. */
function inTable(state: State, of: (catalogue: CatalogueActs) => Handler, containers: Handler): Step {
  const catalogue = catalogueInFront(state);
  return catalogue === undefined ? containers(state) : of(catalogue)(state);
}

const beginFilter =
  ({ setFilter, filterOf }: CatalogueActs): Handler =>
  (state) =>
    step(setFilter(state, filterOf(state).text, true));

/** Carries out a command as its key would. */
export function runCommand(state: State, command: CommandName, argument?: string): Step {
  const refusal = state.readOnly ? readOnlyRefusal(command) : undefined;
  if (refusal !== undefined) return refuse(state, refusal);
  const done = COMMANDS[command](state, argument);
  const { overlay } = done.state;
  const asks = (CONFIRMATIONS as readonly string[]).includes(command) && overlay?.kind === 'question';
  // Who has switched a question off has answered it: the answer that does it is the one after "cancel".
  return asks && !state.settings.confirm[command as Confirmation] ? answer(done.state, overlay, 1) : done;
}

const sentenceOf = ({ message, hint }: Failure): string => (hint === undefined ? message : `${message}: ${hint}`);

const isFailure = (value: object): value is Failure => 'message' in value;

export function reduce(state: State, action: Action): Step {
  switch (action.type) {
    case 'input':
      return onInput(state, action.event);
    case 'click':
      return click(state, action, runCommand);
    case 'wheel':
      return state.overlay
        ? step(overlayWheel(state, state.overlay, action.lines))
        : wheel(state, action.spot?.kind, action.lines);
    case 'command':
      return runCommand(state, action.command, action.argument);
    case 'resized':
      return step(settledCatalogues(settled({ ...state, size: action.size })));
    case 'tick':
      return step({ ...state, now: action.now });
    case 'sampled': {
      const host = { ...state.host, sampledSince: state.host.sampledSince ?? action.at };
      const judged = withFindings({ ...state, now: Math.max(state.now, action.at), host }, action.findings);
      return step(sampled(judged, action.at, action.loads));
    }
    case 'night':
      return step(withNight(state, action.spans));
    case 'engine-open':
      return step(engineOpened(state, action));
    case 'engine-failed':
      return step({ ...state, containers: { ...state.containers, engine: { failed: sentenceOf(action.failure) } } });
    case 'facts':
      return step({ ...state, host: { ...state.host, facts: action.facts } });
    case 'containers':
      return step(withContainers(state, action.list));
    case 'events':
      return onEvents(state, action.events);
    case 'ended': {
      const next = finished(state, action.id, action.verb);
      return step(action.failure ? noticed(next, 'error', sentenceOf(action.failure)) : next);
    }
    case 'created':
      return onCreated(state, action);
    case 'refused':
      return step(overlayRefused(state, action.failure));
    case 'done':
      return step(done(state, action));
    case 'undone': {
      const isAboutImages = action.entry.steps.some((one) => one.do === 'tag' || one.do === 'untag');
      return step(undone(state, action), ...(isAboutImages ? [{ type: 'list-images' } as const] : []));
    }
    case 'updated':
      return step(limitsUpdated(state, action));
    case 'guard':
      return step({ ...state, guard: action.guard });
    case 'limits-in-force':
      return step(limitsInForce(state, action));
    case 'renamed': {
      const closed = withUndo({ ...state, overlay: undefined }, renameUndo(action.id, action.name, action.before));
      return step(noticed(closed, 'good', `It is now called ${action.name}.`));
    }
    case 'processes':
      return step(onProcesses(state, action));
    case 'launch':
      return step(onLaunch(state, action));
    case 'images':
      return step(imagesListed(state, action.list));
    case 'image-details':
      return step(detailsCame(state, action));
    case 'tagged':
      return tagged(state, action);
    case 'image-removed':
      return imagesRemoved(state, action);
    case 'images-pruned':
      return imagesPruned(state, action);
    case 'networks':
      return step(networksListed(state, action.list));
    case 'networks-changed':
      return networksChanged(state, action);
    case 'connected':
      return connected(state, action);
    case 'republished':
      return republished(state, action);
    case 'talks':
      return step(withNetworks(state, { talks: action.talks }));
    case 'connections':
      return step(connectionsCame(state, action));
    case 'volumes':
      return step(volumesListed(state, action));
    case 'volume-size':
      return step(volumeMeasured(state, action));
    case 'volume-directory':
      return step(directoryCame(state, action));
    case 'volumes-changed':
      return volumesChanged(state, action);
    case 'volumes-pruned':
      return volumesPruned(state, action);
    case 'jobs-progressed':
      return step(jobsProgressed(state, action));
    case 'job-ended':
      return jobEnded(state, action);
    case 'build-viewer':
      return step(withJobs(state, { viewer: action.viewer, base: action.base }));
    case 'imported':
      return step(noticed({ ...state, overlay: undefined }, 'good', `Imported ${action.name}.`), {
        type: 'list-images',
      });
    case 'logs-viewer':
      return step({ ...state, logs: { ...state.logs, viewer: action.viewer, base: action.base } });
    case 'logs-from':
      return step(logsFrom(state, action.at));
    case 'show-text': {
      const lines = action.lines.map((text) => ({ text }));
      return step({ ...state, overlay: { kind: 'text', title: action.title, lines, copy: action.copy, top: 0 } });
    }
    case 'exported': {
      const text = `Wrote ${plural(action.lines, 'line')}, ${bytes(action.bytes)}, to ${action.path}.`;
      return step(noticed({ ...state, overlay: undefined }, 'good', text));
    }
    case 'export-exists':
      return exportExists(state, action);
    case 'shell-open':
      return step(shellOpened(state, action.number, action.title, action.input));
    case 'broadcasting':
      return step(broadcasting(state, action.numbers));
    case 'drag':
      return step(dragged(state, action));
    case 'shell-title':
      return step(shellTitled(state, action.number, action.title));
    case 'shell-bell':
      return step(shellRang(state, action.number));
    case 'shell-ended':
      return step(shellEnded(state, action.number, action.message, action.clean));
    case 'configured':
      return step(configured(state, action));
    case 'settings-saved':
      return step(settingsSaved(state, action));
    case 'notice':
      return step(noticed(state, action.kind, action.text));
  }
}

/** A key or a paste goes to whatever is uppermost: what stands above, a line being typed, a shell, the keymap. */
function onInput(state: State, event: KeyEvent | PasteEvent): Step {
  if (state.overlay) return overlayInput(state, state.overlay, event, runCommand);
  const prompt = promptOf(state);
  if (prompt !== undefined) return promptInput(state, prompt, event);
  const contexts = contextsOf(state);
  const binding = event.type === 'key' ? bindingFor(event.key, contexts, state.keymap) : undefined;
  if (binding) return runCommand(state, binding.command, event.type === 'key' ? event.key : undefined);
  const shell = shellOf(state);
  if (contexts[0] === 'typing' && shell) {
    const effects = listeners(state, shell.number).map((number) => ({ type: 'shell-input', number, event }) as const);
    return step(state, ...effects);
  }
  if (event.type === 'paste') return refuse(state, 'There is no field here to paste into.');
  const glyphs = glyphsFor(state.ascii);
  return refuse(
    state,
    `${keyName(event.key, glyphs)} does nothing here; ${keyOf('help', state.keymap)} lists the keys.`,
  );
}

function onCreated(state: State, { id, name, terminal }: Extract<Action, { type: 'created' }>): Step {
  const selected = { ...state, overlay: undefined, table: { ...state.table, selected: id, movedAt: state.now } };
  const told = settled(noticed(selected, 'good', `${name} was started.`));
  return terminal ? openTab(told, { id, name }, 'attach', true) : step(told);
}

function onProcesses(state: State, { id, at, list }: Extract<Action, { type: 'processes' }>): State {
  const before = state.processes;
  if (isFailure(list))
    return { ...state, processes: { ...before, id, at, list: [], error: sentenceOf(list), cores: new Map() } };
  const isSame = before.id === id;
  const cores = isSame ? coresBetween(before.list, list, at - before.at) : new Map<number, number>();
  const selected = isSame ? before.position.selected : 0;
  const position = fitPosition({ ...before.position, selected }, list.length, Math.max(1, state.size.rows));
  return { ...state, processes: { ...before, id, at, list, error: undefined, cores, position } };
}

function onLaunch(state: State, { id, startedAt, report }: Extract<Action, { type: 'launch' }>): State {
  const failed = report !== undefined && isFailure(report);
  const launch = {
    id,
    startedAt,
    report: failed ? undefined : report,
    error: failed ? sentenceOf(report) : undefined,
    position: { selected: 0, top: 0 },
  };
  return { ...state, launch };
}

/** Somebody changed images, networks or volumes: those that were looked at are listed anew. */
function onEvents(state: State, events: Extract<Action, { type: 'events' }>['events']): Step {
  const about = new Set<string>(events.map(({ type }) => type));
  const isStale = (page: CatalogueName, type: string): boolean => state[page].list !== undefined && about.has(type);
  const effects: readonly Effect[] = [
    ...(isStale('images', 'image') ? [{ type: 'list-images' } as const] : []),
    ...(isStale('networks', 'network') ? [{ type: 'list-networks' } as const] : []),
    ...(isStale('volumes', 'volume') ? [{ type: 'list-volumes' } as const] : []),
  ];
  return step(withEvents(state, events), ...effects);
}
