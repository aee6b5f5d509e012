// The sockets of a network namespace, out of /proc/PID/net/{tcp,tcp6,udp,udp6} (proc_pid_net(5)). Pure.
import type { Protocol } from './model.js';

export type SocketProtocol = Extract<Protocol, 'tcp' | 'udp'>;

export interface SocketEnd {
  /** as people write it; an IPv4 address that a socket of IPv6 has is an IPv4 address */
  readonly address: string;
  readonly port: number;
}

export interface OpenSocket {
  readonly protocol: SocketProtocol;
  readonly local: SocketEnd;
  /** of one that waits for others, all zero */
  readonly remote: SocketEnd;
  readonly state: SocketState;
  /** bytes that wait to be sent, and those that came and were not read yet */
  readonly sendQueueBytes: number;
  readonly receiveQueueBytes: number;
  readonly uid: number;
  readonly inode: number;
}

/** By their number in the kernel's include/net/tcp_states.h. A socket of UDP is established or, where it waits for anybody, closed. */
const STATES = {
  1: 'established',
  2: 'syn-sent',
  3: 'syn-received',
  4: 'fin-wait-1',
  5: 'fin-wait-2',
  6: 'time-wait',
  7: 'close',
  8: 'close-wait',
  9: 'last-ack',
  10: 'listen',
  11: 'closing',
  12: 'syn-received',
} as const;
export type SocketState = (typeof STATES)[keyof typeof STATES];

const LINE =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8}) \S+ \S+ +(\d+) +\d+ (\d+)/;

/** One line of the file; undefined for its heading and for what is no line of it. */
export function parseSocket(line: string, protocol: SocketProtocol): OpenSocket | undefined {
  const found = LINE.exec(line);
  if (found === null) return undefined;
  const [, local, localPort, remote, remotePort, state, tx, rx, uid, inode] = found;
  const name = STATES[parseInt(state!, 16) as keyof typeof STATES] as SocketState | undefined;
  if (name === undefined) return undefined;
  return {
    protocol,
    local: { address: addressOf(local!), port: parseInt(localPort!, 16) },
    remote: { address: addressOf(remote!), port: parseInt(remotePort!, 16) },
    state: name,
    sendQueueBytes: parseInt(tx!, 16),
    receiveQueueBytes: parseInt(rx!, 16),
    uid: Number(uid),
    inode: Number(inode),
  };
}

/** Whether it waits for anybody who comes, rather than being the end of something. */
export const isListening = ({ protocol, state }: Pick<OpenSocket, 'protocol' | 'state'>): boolean =>
  protocol === 'tcp' ? state === 'listen' : state === 'close';

/** The kernel writes addresses as words of 32 bits in the order of this machine's bytes; all that are supported are little endian. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).reverse(),
  );
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMapped ? bytes.slice(12).join('.') : shortest(bytes);
}

/** The text form of RFC 5952: small letters, no leading zeros, the longest run of zeros left out. */
function shortest(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  let run = { at: 0, length: 0 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length++;
    if (length > run.length) run = { at, length };
    at += length;
  }
  if (run.length < 2) return groups.join(':');
  return `${groups.slice(0, run.at).join(':')}::${groups.slice(run.at + run.length).join(':')}`;
}
