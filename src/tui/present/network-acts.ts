// What is said before something is done to networks, and to who is on them.
import type { Container, PortBinding } from '../../engine/index.js';
import { KEEP_SECONDS } from '../../engine/index.js';
import { absentOf, membershipsOf } from '../networks/members.js';
import type { JoinRequest, NetworkRow } from '../networks/port.js';
import type { Line } from '../state/overlays.js';
import { namesShort } from './image.js';
import { bindingWords, portsWords } from './network.js';
import { plural } from './units.js';

/** More names than this would hide the answers. */
const NAMED = 8;

const networkLine = ({ network }: NetworkRow): Line => ({
  text: `${network.name}   ${network.subnets.map(({ subnet }) => subnet).join('  ')}`,
});

export function networkRemovalLines(
  networks: readonly NetworkRow[],
  containers: readonly Container[],
): readonly Line[] {
  const waiting = networks.flatMap((row) =>
    absentOf(row, containers).map(({ config }) => ({ name: config.name, network: row.network.name })),
  );
  return [
    ...networks.slice(0, NAMED).map(networkLine),
    ...(networks.length > NAMED
      ? [{ text: `and ${plural(networks.length - NAMED, 'more network')}`, tone: 'dim' } as const]
      : []),
    { text: '' },
    {
      text: `${networks.length === 1 ? 'Its' : 'Their'} addresses are free again; nobody is on ${networks.length === 1 ? 'it' : 'them'} now.`,
    },
    ...waiting.slice(0, NAMED).map(({ name, network }): Line => ({
      text: `${name} asks for ${network}, and will not start without it.`,
      tone: 'notice',
    })),
    { text: 'This cannot be taken back, but one of the same name and subnet can be made again.', tone: 'dim' },
  ];
}

export function joinLines(
  container: Container,
  { network }: NetworkRow,
  { aliases, ipv4Address }: JoinRequest,
): readonly Line[] {
  const isThere = container.state.init !== undefined;
  const { name } = container.config;
  return [
    {
      text: `${name} gets ${isThere ? 'another interface at once' : 'another interface from its next start on'}, with ${ipv4Address === undefined ? `an address out of ${network.subnets.map(({ subnet }) => subnet).join(' and ')}` : `the address ${ipv4Address}`}.`,
    },
    {
      text: `Whoever is on ${network.name} reaches it as ${namesShort([name, ...aliases], 4)}, and it reaches them${network.internal ? '' : ', and the world over it'}.`,
    },
    { text: 'It can be disconnected again at any time.', tone: 'dim' },
  ];
}

export function leaveLines(container: Container, row: NetworkRow, list: readonly NetworkRow[]): readonly Line[] {
  const { name } = container.config;
  const endpoint = row.endpoints.find((each) => each.container === container.id);
  const others = row.endpoints.filter((each) => each.container !== container.id);
  const left = membershipsOf(list, container.id).filter(({ network }) => network.id !== row.network.id);
  const ports = portsWords(endpoint?.ports ?? []);
  return [
    {
      text:
        endpoint === undefined
          ? `${name} does not run: from its next start on it is not on ${row.network.name} any more.`
          : `Its interface ${endpoint.interfaceName} with ${endpoint.ipv4Address} goes at once, and what is open over it breaks.`,
    },
    ...(others.length === 0
      ? []
      : [
          {
            text: `${namesShort(
              others.map((each) => each.name),
              4,
            )} will not reach it over ${row.network.name} any more.`,
          },
        ]),
    ...(ports === '' ? [] : [{ text: `${ports} of the host will lead nowhere.`, tone: 'notice' } as const]),
    {
      text:
        left.length === 0
          ? 'It is on no other network: nothing but its own lo is left to it.'
          : `It stays on ${namesShort(
              left.map(({ network }) => network.name),
              4,
            )}.`,
      tone: left.length === 0 ? 'notice' : 'dim',
    },
  ];
}

/** What of the host's is to lead into a container: that is part of what a container is made with. */
export function publishLines(container: Container, ports: readonly PortBinding[]): readonly Line[] {
  const { config, state } = container;
  const isThere = state.init !== undefined;
  const before = (config.ports ?? []).map(bindingWords);
  return [
    { text: `-p ${ports.map(bindingWords).join(' -p ') || 'none'}`, tone: 'strong' },
    ...(before.length === 0 ? [] : [{ text: `in place of ${before.join(' ')}`, tone: 'dim' } as const]),
    { text: '' },
    {
      text: `Ports are part of what a container is made with, so ${config.name} is made anew with all of its settings${isThere ? ': it is stopped for a moment, and what is open to it breaks' : ''}.`,
    },
    {
      text: 'Files that it wrote in its own layer stay with the one before; those in volumes and of the host are there again.',
    },
    {
      text: `The one before is kept for ${KEEP_SECONDS / 60} minutes, and is as it was where the new one does not start.`,
      tone: 'dim',
    },
  ];
}
