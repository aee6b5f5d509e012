// Who has a port of the host: the kernel's tables say which socket, and whose that is stands in /proc/PID/fd.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { shown } from '../../grammar/wrong.js';
import { Turns } from '../../turns.js';
import type { Protocol } from '../model.js';
import { isListening, parseSocket, type SocketProtocol } from '../sockets.js';

export interface Listener {
  readonly pid: number;
  /** as the process calls itself: not fit for a terminal as it stands */
  readonly command: string;
}

/**
 * @param at an address of the host: others may have the port elsewhere; absent, whoever has it somewhere is meant
 * @returns undefined where nobody is to be seen: it left meanwhile, or is the kernel itself
 */
export async function whoListens(protocol: Protocol, port: number, at?: string): Promise<Listener | undefined> {
  if (protocol === 'sctp') return undefined;
  const tables = await Promise.all([protocol, `${protocol}6`].map((name) => readIfThere(`/proc/self/net/${name}`)));
  const inodes = new Set(tables.flatMap((table) => socketsAt(table, protocol, port, at)));
  return inodes.size === 0 ? undefined : processWith(inodes);
}

/** Who has it at all of them has it at each. */
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];

/** The inodes of sockets at that local port, of /proc/net/tcp, udp and those of IPv6; connections are no holders of it. Pure. */
export function socketsAt(table: string, protocol: SocketProtocol, port: number, at?: string): number[] {
  return table.split('\n').flatMap((line) => {
    const socket = parseSocket(line, protocol);
    if (socket?.local.port !== port || socket.inode === 0) return [];
    if (protocol === 'tcp' && !isListening(socket)) return [];
    const { address } = socket.local;
    return at === undefined || address === at || EVERYWHERE.includes(address) ? [socket.inode] : [];
  });
}

async function processWith(inodes: ReadonlySet<number>): Promise<Listener | undefined> {
  const wanted = new Set([...inodes].map((inode) => `socket:[${inode}]`));
  const turns = new Turns();
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    // What ends while it is looked at has nothing any more.
    const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    if (links.some((link) => wanted.has(link))) return { pid: Number(pid), command: await commandOf(pid) };
    if (turns.isDue) await turns.give();
  }
  return undefined;
}

/** What every program of Node 24 calls itself. */
const SAYS_NOTHING = 'MainThread';

async function commandOf(pid: string): Promise<string> {
  const name = (await readIfThere(`/proc/${pid}/comm`)).trimEnd();
  return name === SAYS_NOTHING ? basename(await readlink(`/proc/${pid}/exe`).catch(() => name)) : name;
}

/** For a sentence; undefined where it is nobody. */
export function listenerWords(listener: Listener | undefined): string | undefined {
  return listener && `${shown(listener.command).slice(1, -1)} (process ${listener.pid})`;
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
