// The supervisor's socket: takes connections, hands their requests on, turns some of them into attachments.
import { createServer, type Socket } from 'node:net';
import { listenIn } from '../state/socket-in.js';
import { Connection } from './connection.js';
import {
  FRAME,
  parseAttachCommand,
  parseControl,
  parseRequest,
  ProtocolError,
  type FrameType,
  type Numbered,
} from './protocol.js';
import { wireError, type AskedOnce, type Supervisor } from './supervisor.js';

type AttachRequest = Extract<Numbered, { ask: 'attach' }>;
type OnFrame = (type: FrameType, payload: Buffer) => void;

export interface ServerOptions {
  /** of the supervisor: the socket is `sock` in it */
  readonly directory: string;
  readonly supervisor: Supervisor;
  /** whether a container has a terminal @throws TscontainError NO_SUCH_CONTAINER */
  readonly hasTerminal: (id: string) => boolean;
  /** called when a connection has come or gone */
  readonly onConnections: () => void;
}

export interface SupervisorServer {
  readonly connections: number;
  close(): void;
}

/** Resolves when managers can connect. */
export async function serve(options: ServerOptions): Promise<SupervisorServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      options.onConnections();
    });
    receive(socket, options);
    options.onConnections();
  });
  await listenIn(server, options.directory);
  return {
    get connections() {
      return sockets.size;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** One connection: requests, until one of them is `attach`. */
function receive(socket: Socket, options: ServerOptions): void {
  const { supervisor } = options;
  const unanswered = new Set<AbortController>();

  const answer = async ({ n, ...request }: AskedOnce & { n: number }) => {
    const asking = new AbortController();
    unanswered.add(asking);
    try {
      connection.send({ n, ok: await supervisor.answer(request, asking.signal) });
    } catch (error) {
      connection.send({ n, error: wireError(error) });
    } finally {
      unanswered.delete(asking);
    }
  };

  let onFrame: OnFrame = (type, payload) => {
    if (type !== FRAME.control) throw new ProtocolError('data on a connection that is not attached');
    const request = parseRequest(parseControl(payload));
    if (request.ask === 'attach') onFrame = attach(connection, request, options) ?? onFrame;
    else void answer(request);
  };

  const connection = new Connection(socket, {
    frame: (type, payload) => onFrame(type, payload),
    closed: () => {
      for (const asking of unanswered) asking.abort();
    },
  });
}

/** @returns what is done with the frames that follow; undefined when there is nothing to attach to */
function attach(
  connection: Connection,
  request: AttachRequest,
  { supervisor, hasTerminal }: ServerOptions,
): OnFrame | undefined {
  const { n, id, stdin, replay, size } = request;
  const { socket } = connection;
  try {
    connection.send({ n, ok: { tty: hasTerminal(id) } });
  } catch (error) {
    connection.send({ n, error: wireError(error) });
    return undefined;
  }
  const ward = supervisor.ward(id);
  ward.audience.join(socket, { replay });
  if (size !== undefined) ward.resize(size);
  const giver = { goOn: () => void socket.resume() };
  if (stdin) {
    ward.input.join(giver);
    socket.on('close', () => ward.input.leave(giver));
  }
  return (type, payload) => {
    if (type === FRAME.stdin) {
      // What is not taken now waits in the client: this socket is not read from until it can be.
      if (stdin && !ward.input.give(Buffer.from(payload))) socket.pause();
      return;
    }
    if (type !== FRAME.control) throw new ProtocolError('only a container has output');
    const command = parseAttachCommand(parseControl(payload));
    if (command.resize !== undefined) ward.resize(command.resize);
    if (command.end === true && stdin) ward.input.end();
  };
}
