// A socket of netlink (netlink(7)), most of all of rtnetlink: what is asked on it is done before sendto(2) returns, and the answer lies ready then, so
// nothing is ever waited for. It belongs to the network namespace that it was opened in, wherever its process is later.
import { closeSync } from 'node:fs';
import { errnoMeaning, errnoName, SyscallError } from '../errno.js';
import { AF_NETLINK, SOCK_CLOEXEC, SOCK_RAW } from '../flags.js';
import { rawSyscall, syscall, syscallInBackground } from '../kernel.js';
import { inNetworkNamespace } from '../network-namespace.js';
import * as netlink from './constants.js';
import { decodeMessages, decodeOutcome, encodeRequest, u32, type Message, type Request } from './message.js';

const MSG_DONTWAIT = 0x40;
/** The kernel answers a dump in pieces of at most 32 KiB. */
const RECEIVE_BYTES = 64 * 1024;
/** A dump that something changed in is made again, this often at most. */
const DUMP_TRIES = 5;

const requestNames = new Map(
  Object.entries(netlink).flatMap(([name, n]) => (name.startsWith('RTM_') ? [[n, name]] : [])),
);

interface Answer {
  readonly found: Buffer[];
  /** something changed while it was gathered */
  readonly isTorn: boolean;
}

export class NetlinkSocket {
  readonly #fd: number;
  readonly #received = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
  #sequence = 0;

  /** In the network namespace of the thread that calls. @param protocol NETLINK_* @throws SyscallError */
  constructor(protocol: number) {
    this.#fd = syscall('socket', AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    for (const option of [netlink.NETLINK_EXT_ACK, netlink.NETLINK_CAP_ACK])
      rawSyscall('setsockopt', this.#fd, netlink.SOL_NETLINK, option, u32(1), 4);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /**
   * Has something done, or asks for one thing.
   * @param about the link, address or route, for the error
   * @returns the payloads of the answer; they are copies
   * @throws SyscallError named after the request: RTM_NEWLINK with EEXIST, RTM_GETLINK with ENODEV …
   */
  request(request: Request, about: string): Buffer[] {
    return this.#exchange({ ...request, flags: request.flags | netlink.NLM_F_REQUEST | netlink.NLM_F_ACK }, about)
      .found;
  }

  /** Everything of a kind. @throws SyscallError */
  dump(request: Omit<Request, 'flags'>): Buffer[] {
    for (let attempt = 1; ; attempt += 1) {
      const { found, isTorn } = this.#exchange(
        { ...request, flags: netlink.NLM_F_REQUEST | netlink.NLM_F_DUMP },
        'all',
      );
      if (!isTorn || attempt === DUMP_TRIES) return found;
    }
  }

  /** Has something done that takes long, in another thread. Nothing else may be asked on this socket meanwhile. @throws SyscallError */
  async requestInBackground(request: Request, about: string): Promise<void> {
    const asked = { ...request, flags: request.flags | netlink.NLM_F_REQUEST | netlink.NLM_F_ACK };
    const bytes = this.#encode(asked);
    await syscallInBackground('sendto', this.#fd, bytes, bytes.length, 0, null, 0);
    this.#collect(asked, about);
  }

  #exchange(request: Request, about: string): Answer {
    const bytes = this.#encode(request);
    syscall('sendto', this.#fd, bytes, bytes.length, 0, null, 0);
    return this.#collect(request, about);
  }

  #encode(request: Request): Buffer {
    this.#sequence = (this.#sequence + 1) >>> 0;
    return encodeRequest(request, this.#sequence);
  }

  #collect(request: Request, about: string): Answer {
    const found: Buffer[] = [];
    let isTorn = false;
    for (;;) {
      for (const message of this.#receive()) {
        // What is left of an exchange that failed half way.
        if (message.sequence !== this.#sequence) continue;
        isTorn ||= (message.flags & netlink.NLM_F_DUMP_INTR) !== 0;
        if (message.type !== netlink.NLMSG_ERROR && message.type !== netlink.NLMSG_DONE) {
          found.push(Buffer.from(message.payload));
          continue;
        }
        const { errno, said } = decodeOutcome(message);
        if (errno !== 0) throw failure(request, about, errno, said);
        return { found, isTorn };
      }
    }
  }

  #receive(): Message[] {
    const length = syscall('recvfrom', this.#fd, this.#received, RECEIVE_BYTES, MSG_DONTWAIT, null, null);
    return decodeMessages(this.#received.subarray(0, length));
  }
}

export class RouteSocket extends NetlinkSocket {
  /** In the network namespace of the thread that calls. @throws SyscallError */
  static open(): RouteSocket {
    return new RouteSocket(netlink.NETLINK_ROUTE);
  }

  /** In the network namespace of that descriptor. @throws SyscallError */
  static openIn(namespaceFd: number): RouteSocket {
    return inNetworkNamespace(namespaceFd, () => RouteSocket.open());
  }
}

function failure({ type }: Request, about: string, errno: number, said: string | undefined): SyscallError {
  const name = requestNames.get(type) ?? `netlink ${type}`;
  const message = `${name} ${about}: ${errnoName(errno)}, ${said ?? errnoMeaning(errno)}`;
  return new SyscallError(name, errno, about, message);
}

let kept: RouteSocket | undefined;

/** The one of this process, opened when it is first needed and then kept: for the network namespace that the process is in. */
export function routeSocket(): RouteSocket {
  return (kept ??= RouteSocket.open());
}

/** For a process that goes to another network namespace for good. */
export function forgetRouteSocket(): void {
  kept?.close();
  kept = undefined;
}

/** Has something done that takes long without holding up this thread. @throws SyscallError */
export async function requestInBackground(request: Request, about: string): Promise<void> {
  const socket = RouteSocket.open();
  try {
    await socket.requestInBackground(request, about);
  } finally {
    socket.close();
  }
}
