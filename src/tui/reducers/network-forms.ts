// Forms about networks: their fields, what they mean while they are typed, and from what stands in them to what is asked for.
import { isTscontainError, parsePublish, type Container, type PortBinding } from '../../engine/index.js';
import type { JoinRequest, NetworkRequest, NetworkRow } from '../networks/port.js';
import { bindingWords } from '../present/network.js';
import { splitWords } from '../present/words.js';
import { fieldOf, type Form } from '../widgets/index.js';
import { textField } from './run-form.js';

const WIDE = 44;
/** Several of them stand side by side. */
const PORTS_CELLS = 66;

type Problems = { readonly problems: ReadonlyMap<string, string> };
const wrong = (field: string, problem: string): Problems => ({ problems: new Map([[field, problem]]) });

const textOf = (form: Form, id: string): string => {
  const field = fieldOf(form, id);
  return field?.kind === 'text' ? field.line.text.trim() : '';
};
const isChecked = (form: Form, id: string): boolean => {
  const field = fieldOf(form, id);
  return field?.kind === 'check' && field.checked;
};

export const networkForm = (): Form => ({
  rows: [
    { ...textField('name', 'name', WIDE), placeholder: 'shop-front' },
    { ...textField('subnets', 'subnet', WIDE), placeholder: 'a free one; or 10.5.0.0/24 fd00:5::/64' },
    { ...textField('gateways', 'gateway', WIDE), placeholder: 'the first address of it' },
    { kind: 'check', id: 'ipv6', label: 'IPv6', checked: false, hint: 'addresses of IPv6 too' },
    { kind: 'check', id: 'internal', label: 'internal', checked: false, hint: 'no way out of it and none in' },
  ],
  focus: 'name',
  top: 0,
});

export function networkRequest(form: Form): NetworkRequest | Problems {
  const name = textOf(form, 'name');
  if (name === '') return wrong('name', 'give a name, such as shop-front');
  if (/\s/.test(name)) return wrong('name', 'a name is one word');
  const subnets = splitWords(textOf(form, 'subnets'));
  if ('problem' in subnets) return wrong('subnets', subnets.problem);
  const gateways = splitWords(textOf(form, 'gateways'));
  if ('problem' in gateways) return wrong('gateways', gateways.problem);
  if (subnets.length === 0 && gateways.length > 0) return wrong('subnets', 'give the subnet that the gateway is in');
  return { name, subnets, gateways, ipv6: isChecked(form, 'ipv6'), internal: isChecked(form, 'internal') };
}

export const joinForm = (): Form => ({
  rows: [
    { ...textField('aliases', 'also as', WIDE), placeholder: 'no other name; or api db …' },
    { ...textField('ip', 'address', WIDE), placeholder: 'one that is free' },
  ],
  focus: 'aliases',
  top: 0,
});

export function joinRequest(form: Form): JoinRequest | Problems {
  const aliases = splitWords(textOf(form, 'aliases'));
  if ('problem' in aliases) return wrong('aliases', aliases.problem);
  const ip = textOf(form, 'ip');
  if (/\s/.test(ip)) return wrong('ip', 'give one address');
  return { aliases, ...(ip === '' ? {} : { ipv4Address: ip }) };
}

export const publishForm = ({ config }: Container): Form => {
  const before = [...new Set((config.ports ?? []).map(bindingWords))].join(' ');
  const exposed = (config.exposedPorts ?? []).map((port) => port.replace(/\/tcp$/, ''));
  return {
    rows: [
      {
        ...textField('ports', 'ports', PORTS_CELLS, '', before),
        placeholder: '8080:80 127.0.0.1:5432:5432 53:53/udp …',
        hint: exposed.length === 0 ? '' : `it listens on ${exposed.join(' ')}`,
      },
    ],
    focus: 'ports',
    top: 0,
  };
};

export function publishRequest(form: Form): { readonly ports: readonly PortBinding[] } | Problems {
  const words = splitWords(textOf(form, 'ports'));
  if ('problem' in words) return wrong('ports', words.problem);
  try {
    return { ports: words.flatMap((word) => parsePublish(word)) };
  } catch (error) {
    if (!isTscontainError(error)) throw error;
    return wrong('ports', error.hint ?? error.message);
  }
}

/** What is typed into a form about networks means: the line below its fields. */
export function networkRemark(
  purpose: string,
  form: Form,
  about: { readonly container: Container | undefined; readonly network: NetworkRow | undefined },
): { readonly text: string; readonly isWrong: boolean } | undefined {
  const { container, network } = about;
  if (purpose === 'connect' && container !== undefined && network !== undefined) {
    const request = joinRequest(form);
    if ('problems' in request) return undefined;
    const names = [container.config.name, ...request.aliases].join(', ');
    return {
      text: `it is ${names} on ${network.network.name}, which is ${network.network.subnets.map(({ subnet }) => subnet).join(' and ')}`,
      isWrong: false,
    };
  }
  if (purpose === 'publish') {
    const request = publishRequest(form);
    if ('problems' in request) return { text: [...request.problems.values()].join('; '), isWrong: true };
    if (request.ports.length === 0) return { text: 'no port of it is published', isWrong: false };
    return { text: request.ports.slice(-2).map(meaning).join(', '), isWrong: false };
  }
  return undefined;
}

/** "8080 of the host leads to 80" */
function meaning({ hostIp, hostPort, hostPortEnd, containerPort, protocol }: PortBinding): string {
  const host =
    hostPort === 0 ? 'a free port' : hostPortEnd === undefined ? String(hostPort) : `${hostPort} to ${hostPortEnd}`;
  return `${host} of ${hostIp === '' ? 'the host' : hostIp} leads to ${containerPort}${protocol === 'tcp' ? '' : ` (${protocol})`}`;
}
