// What a container listens on and whom it talks to, as the host's /proc tells it: nothing of the container is asked. What it shows
// is the container's to fill, so no more of it is read than a person could look at, and never without turns of the event loop.
import { open } from 'node:fs/promises';
import { Turns } from '../turns.js';
import { isListening, parseSocket, type OpenSocket, type SocketProtocol } from './sockets.js';

export interface OpenConnections {
  /** what waits for others */
  readonly listening: readonly OpenSocket[];
  /** what is open to somebody, those that are over but for their time of waiting last */
  readonly connections: readonly OpenSocket[];
  /** there are more than were read */
  readonly isCut: boolean;
}

const FILES: readonly (readonly [file: string, protocol: SocketProtocol])[] = [
  ['tcp', 'tcp'],
  ['tcp6', 'tcp'],
  ['udp', 'udp'],
  ['udp6', 'udp'],
];

/** Of each file; a line has about 150 bytes. */
const MOST_BYTES = 512 * 1024;
const MOST_SOCKETS = 2000;

/**
 * @param pid somebody in the network namespace
 * @returns undefined where that process is no more
 */
export async function openConnections(pid: number, procRoot = '/proc'): Promise<OpenConnections | undefined> {
  const listening: OpenSocket[] = [];
  const connections: OpenSocket[] = [];
  let isCut = false;
  let isThere = false;
  const turns = new Turns();
  for (const [file, protocol] of FILES) {
    const read = await readStart(`${procRoot}/${pid}/net/${file}`);
    // Without IPv6 there are two of them.
    if (read === undefined) continue;
    isThere = true;
    isCut ||= read.isCut;
    for (const line of read.lines) {
      if (turns.isDue) await turns.give();
      const socket = parseSocket(line, protocol);
      if (socket === undefined) continue;
      const list = isListening(socket) ? listening : connections;
      if (list.length < MOST_SOCKETS) list.push(socket);
      else isCut = true;
    }
  }
  return isThere ? { listening, connections: inOrder(connections), isCut } : undefined;
}

const inOrder = (sockets: readonly OpenSocket[]): readonly OpenSocket[] => [
  ...sockets.filter(({ state }) => state !== 'time-wait'),
  ...sockets.filter(({ state }) => state === 'time-wait'),
];

/** The whole lines at the beginning of a file. */
async function readStart(
  path: string,
): Promise<{ readonly lines: readonly string[]; readonly isCut: boolean } | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const buffer = Buffer.alloc(MOST_BYTES);
    let length = 0;
    while (length < MOST_BYTES) {
      const { bytesRead } = await file.read(buffer, length, MOST_BYTES - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const isCut = length === MOST_BYTES;
    const lines = buffer.toString('latin1', 0, length).split('\n');
    return { lines: isCut ? lines.slice(0, -1) : lines, isCut };
  } catch {
    // It ended while it was read.
    return undefined;
  } finally {
    await file.close();
  }
}
