// What is done to networks and to who is on them: who is meant, whether it may be done, what is asked first, and what was done, with
// how to take it back.
import type { Container } from '../../engine/index.js';
import { noticed, refuse, step, type Action, type Step } from '../actions.js';
import { networkSubjects, selectedNetwork } from '../network-rows.js';
import { asksFor, keyOf, prunable } from '../networks/members.js';
import type { NetworkRow } from '../networks/port.js';
import { leaveLines, networkRemovalLines, publishLines } from '../present/network-acts.js';
import { namesShort } from '../present/image.js';
import { plural } from '../present/units.js';
import { selectedRow } from '../rows.js';
import type { FormOverlay, NetworkFormPurpose } from '../state/overlays.js';
import type { State } from '../state.js';
import { openMenu, type MenuItem } from '../widgets/index.js';
import type { Handler } from './handler.js';
import { joinForm, joinRequest, networkForm, networkRequest, publishForm, publishRequest } from './network-forms.js';
import { containerInPane, membersOf, networkNames, withNetworks } from './networks.js';
import { goTo } from './palette.js';
import { withProblems } from './run-form.js';
import { withUndo } from './undo.js';
import { ask } from './verbs.js';
import { showTab } from './view.js';

const NOTHING = 'There is no network here; n makes one.';

const PURPOSES: ReadonlySet<string> = new Set<NetworkFormPurpose>(['network', 'connect', 'publish']);
export const isNetworkForm = (purpose: FormOverlay['purpose']): purpose is NetworkFormPurpose => PURPOSES.has(purpose);

type Opened = Pick<FormOverlay, 'purpose' | 'title' | 'form'> & {
  readonly subject?: string;
  readonly network?: string;
};
const openForm = (state: State, form: Opened): Step =>
  step({ ...state, overlay: { kind: 'form', failure: undefined, busy: false, ...form } });

// Networks.

const remove: Handler = (state) => {
  const networks = networkSubjects(state);
  if (networks.length === 0) return refuse(state, NOTHING);
  const may = networks.filter(({ endpoints }) => endpoints.length === 0);
  const [busy] = networks.filter(({ endpoints }) => endpoints.length > 0);
  if (may.length === 0 && busy !== undefined) {
    const names = namesShort(
      busy.endpoints.map(({ name }) => name),
      3,
    );
    return refuse(
      state,
      `${names} ${busy.endpoints.length === 1 ? 'is' : 'are'} on ${busy.network.name}: x disconnects, or stop ${busy.endpoints.length === 1 ? 'it' : 'them'} first.`,
    );
  }
  return ask(state, `remove ${networkNames(may)}?`, networkRemovalLines(may, state.containers.list), {
    label: 'Remove',
    effects: [{ type: 'remove-networks', networks: may.map(({ network: { id, name } }) => ({ id, name })) }],
  });
};

const prune: Handler = (state) => {
  const unused = prunable(state.networks.list ?? [], state.containers.list);
  if (unused.length === 0) return refuse(state, 'Every network is used by a container: there is nothing to prune.');
  return ask(
    state,
    `remove ${plural(unused.length, 'network')} that nobody asks for?`,
    networkRemovalLines(unused, []),
    {
      label: 'Remove',
      effects: [{ type: 'prune-networks' }],
    },
  );
};

// Who is on them.

/** Why a container can be on no network, where it cannot. */
function barred({ config: { name, network } }: Container): string | undefined {
  if (network === 'bridge') return undefined;
  const has =
    network === 'host'
      ? 'has the network of the host'
      : network === 'none'
        ? 'was made with no network'
        : 'has the network of another container';
  return `${name} ${has}, and can have none beside it: it would have to be made anew.`;
}

const itemOf = (verb: 'join' | 'leave', network: NetworkRow, container: Container, label: string): MenuItem => ({
  id: `${verb}:${network.network.id}:${container.id}`,
  label,
  detail: verb === 'join' ? 'connect' : 'disconnect',
});

function openChoice(state: State, title: string, items: readonly MenuItem[]): Step {
  return step({ ...state, overlay: { kind: 'menu', purpose: 'connection', title, menu: openMenu(items, false) } });
}

const isOn = ({ network, endpoints }: NetworkRow, { id, config }: Container): boolean =>
  endpoints.some(({ container }) => container === id) || asksFor(config, network);

/** The container that a key on the page of containers is about. */
function oneContainer(state: State): Container | string {
  const row = selectedRow(state);
  if (row?.kind === 'group') return `Choose one container of ${row.project}: this is about a single one.`;
  return row?.container ?? 'There is no container here; n runs one.';
}

/** `J` on a container: the networks there are, each to come onto or to go from. */
const connect: Handler = (state) => {
  const container = oneContainer(state);
  if (typeof container === 'string') return refuse(state, container);
  const why = barred(container);
  if (why !== undefined) return refuse(state, why);
  const { list = [] } = state.networks;
  if (list.length === 0) return refuse(state, 'There is no network to join yet; N leads to where one is made.');
  const items = list.map((row) => itemOf(isOn(row, container) ? 'leave' : 'join', row, container, row.network.name));
  return openChoice(state, `networks of ${container.config.name}`, items);
};

/** On a network: the containers that are not on it. */
const connectContainer: Handler = (state) => {
  const row = selectedNetwork(state);
  if (row === undefined) return refuse(state, NOTHING);
  const others = state.containers.list.filter((one) => barred(one) === undefined && !isOn(row, one));
  if (others.length === 0) return refuse(state, `There is no container that could come onto ${row.network.name}.`);
  const items = others.map((one) => itemOf('join', row, one, one.config.name));
  return openChoice(state, `connect to ${row.network.name}`, items);
};

/** The member that the pane is at; in the list, which one is asked. */
const disconnectContainer: Handler = (state) => {
  const row = selectedNetwork(state);
  if (row === undefined) return refuse(state, NOTHING);
  const members = membersOf(state).flatMap(({ id }) => state.containers.byId.get(id) ?? []);
  const here = members.find(({ id }) => id === containerInPane(state));
  if (here !== undefined) return askToLeave(state, row, here);
  if (members.length === 0) return refuse(state, `Nobody is on ${row.network.name}.`);
  if (members.length === 1) return askToLeave(state, row, members[0]!);
  return openChoice(
    state,
    `disconnect from ${row.network.name}`,
    members.map((one) => itemOf('leave', row, one, one.config.name)),
  );
};

function askToLeave(state: State, row: NetworkRow, container: Container): Step {
  const { name } = container.config;
  return ask(
    state,
    `disconnect ${name} from ${row.network.name}?`,
    leaveLines(container, row, state.networks.list ?? []),
    {
      label: 'Disconnect',
      effects: [{ type: 'disconnect', network: row.network.id, container: container.id }],
    },
  );
}

/** An item of a menu of networks or of containers was chosen. */
export function chooseConnection(state: State, id: string): Step {
  const [verb, network, container] = id.split(':');
  const row = state.networks.list?.find((one) => keyOf(one) === network);
  const who = state.containers.byId.get(container ?? '');
  if (row === undefined) return refuse(state, 'That network is gone.');
  if (who === undefined) return refuse(state, 'That container is gone.');
  if (verb === 'leave') return askToLeave(state, row, who);
  return openForm(state, {
    purpose: 'connect',
    title: `connect ${who.config.name} to ${row.network.name}`,
    form: joinForm(),
    subject: who.id,
    network: row.network.id,
  });
}

const publish: Handler = (state) => {
  const container = oneContainer(state);
  if (typeof container === 'string') return refuse(state, container);
  const { name, network } = container.config;
  if (network !== 'bridge') {
    const why =
      network === 'host' ? 'has every port of the host already' : 'has no network of its own that a port could lead to';
    return refuse(state, `${name} ${why}.`);
  }
  return openForm(state, {
    purpose: 'publish',
    title: `publish ports of ${name}`,
    form: publishForm(container),
    subject: container.id,
  });
};

const goToMember: Handler = (state) => {
  const id = containerInPane(state);
  if (id === undefined || !state.containers.byId.has(id)) return refuse(state, 'There is nobody to go to.');
  return step(showTab(goTo(state, id), 'network'));
};

export const networkVerbs = {
  'create-network': (state) => openForm(state, { purpose: 'network', title: 'make a network', form: networkForm() }),
  'remove-network': remove,
  'prune-networks': prune,
  connect,
  publish,
  'connect-container': connectContainer,
  'disconnect-container': disconnectContainer,
  'go-to-member': goToMember,
} satisfies Record<string, Handler>;

/** A form about networks was filled in: what is wrong is said beside its field, the rest is asked for. */
export function submitNetworkForm(state: State, overlay: FormOverlay, purpose: NetworkFormPurpose): Step {
  const { form, subject = '', network = '' } = overlay;
  const wrong = (problems: ReadonlyMap<string, string>): Step =>
    step({ ...state, overlay: { ...overlay, form: withProblems(form, problems), failure: undefined } });
  const waiting: State = {
    ...state,
    overlay: { ...overlay, form: withProblems(form, new Map()), failure: undefined, busy: true },
  };
  switch (purpose) {
    case 'network': {
      const request = networkRequest(form);
      return 'problems' in request ? wrong(request.problems) : step(waiting, { type: 'create-network', request });
    }
    case 'connect': {
      const request = joinRequest(form);
      return 'problems' in request
        ? wrong(request.problems)
        : step(waiting, { type: 'connect', network, container: subject, request });
    }
    case 'publish': {
      const request = publishRequest(form);
      if ('problems' in request) return wrong(request.problems);
      const container = state.containers.byId.get(subject);
      if (container === undefined) return refuse({ ...state, overlay: undefined }, 'That container is gone.');
      return ask(
        state,
        `make ${container.config.name} anew with these ports?`,
        publishLines(container, request.ports),
        {
          label: 'Make it anew',
          effects: [{ type: 'republish', container: subject, ports: request.ports }],
        },
      );
    }
  }
}

// What was done.

const RELIST = { type: 'list-networks' } as const;

export function networksChanged(
  state: State,
  { what, names, refused }: Extract<Action, { type: 'networks-changed' }>,
): Step {
  const next = withNetworks(what === 'made' ? { ...state, overlay: undefined } : state, { marks: new Set() });
  const why = refused.map(({ message }) => message).join('; ');
  if (names.length === 0)
    return step(noticed(next, why === '' ? 'good' : 'error', why === '' ? 'Nothing was pruned.' : why), RELIST);
  const who = names.length <= 3 ? names.join(', ') : plural(names.length, 'network');
  const done = what === 'made' ? 'made: its bridge comes with the first container on it' : 'removed';
  const text = `${who} ${names.length === 1 ? 'was' : 'were'} ${done}.${why === '' ? '' : ` Not removed: ${why}`}`;
  return step(noticed(next, why === '' ? 'good' : 'warning', text), RELIST);
}

export function connected(
  state: State,
  { container, network, request, before }: Extract<Action, { type: 'connected' }>,
): Step {
  const closed = state.overlay?.kind === 'form' ? { ...state, overlay: undefined } : state;
  const has = request !== undefined;
  const text = `${container.name} is ${has ? 'on' : 'not on'} ${network.name} ${has ? 'now' : 'any more'}; ctrl-z takes that back.`;
  const common = { ...container, network: network.id } as const;
  return step(
    withUndo(noticed(closed, 'good', text), {
      what: `${container.name} was ${has ? 'connected to' : 'disconnected from'} ${network.name}`,
      steps: [has ? { ...common, do: 'disconnect' } : { ...common, do: 'connect', request: before ?? { aliases: [] } }],
    }),
    RELIST,
  );
}

export function republished(state: State, { id, name, ports }: Extract<Action, { type: 'republished' }>): Step {
  const shown = state.table.selected === undefined ? state : goTo(state, id);
  const text = ports === '' ? `${name} was made anew, with no port published.` : `${name} was made anew: ${ports}.`;
  return step(noticed(shown, 'good', text), RELIST);
}
