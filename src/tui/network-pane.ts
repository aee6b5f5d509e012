// What the tab of a container's network is divided into: a line or more an interface with its graph, then what is open. Pure; who
// paints it and who scrolls in it ask the same.
import type { Container } from '../engine/index.js';
import { membershipsOf, type Membership } from './networks/members.js';
import { connectionRows, type ConnectionRow } from './present/network.js';
import { selectedContainer } from './rows.js';
import type { State } from './state.js';

/** Titles of the columns of the interfaces, and of what is open below them. */
const HEADINGS = 2;
/** So many lines of what is open there are at least, before graphs get more than a line. */
const LEAST_OPEN = 6;
const MOST_LINES_EACH = 5;

export interface NetworkParts {
  /** lines of each interface */
  readonly each: number;
  /** lines above what is open, titles included */
  readonly above: number;
}

export function networkParts(height: number, interfaces: number): NetworkParts {
  const count = Math.max(1, interfaces);
  const spare = Math.floor((height - HEADINGS - LEAST_OPEN) / count);
  const each = interfaces === 0 ? 1 : Math.max(1, Math.min(MOST_LINES_EACH, spare));
  return { each, above: Math.min(Math.max(0, height - 1), HEADINGS + count * each) };
}

/** Whose network it is: its own, or that of the container that it shares one with; undefined where that one is gone. */
export function ownerOf({ containers }: State, container: Container): Container | undefined {
  const { network } = container.config;
  if (!network.startsWith('container:')) return container;
  const ref = network.slice('container:'.length);
  return containers.byId.get(ref) ?? containers.list.find(({ config }) => config.name === ref);
}

/** The interfaces that it has now, lo left out. */
export function interfacesOf(state: State, container: Container): readonly Membership[] {
  const owner = ownerOf(state, container);
  return owner === undefined ? [] : membershipsOf(state.networks.list ?? [], owner.id);
}

/** What is open of the container in front; nothing before it was asked. */
export function openRows(state: State): readonly ConnectionRow[] {
  const container = selectedContainer(state);
  const { id, found } = state.connections;
  if (container === undefined || id !== container.id || found === undefined) return [];
  return connectionRows(state.networks.list ?? [], ownerOf(state, container) ?? container, found);
}
