// tscontain metrics
import { once } from 'node:events';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { TscontainError, type Container, type Engine } from '../../engine/index.js';
import {
  CONTENT_TYPE,
  createCounterReader,
  expose,
  negotiate,
  type CounterReader,
  type ExpositionFormat,
} from '../../metrics/index.js';
import { flag, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { targetOf } from '../targets.js';

const DEFAULT_LISTEN = '127.0.0.1:9477';

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** @throws TscontainError for what is no place, or one that others can reach */
export function parseListen(value: string, mayBeRemote: boolean): Place {
  const wrong = (why: string, hint: string) =>
    new TscontainError('INVALID_VALUE', `--listen "${value}" ${why}`, { hint });
  if (value.startsWith('unix:')) {
    const path = value.slice('unix:'.length);
    if (!path.startsWith('/')) throw wrong('is no absolute path', 'give unix:/run/tscontain.sock');
    return { path };
  }
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port <= 65_535))
    throw wrong('is no address', `give ${DEFAULT_LISTEN}, [::1]:9477 or unix:/PATH`);
  if (!mayBeRemote && !/^(127(\.\d{1,3}){3}|::1|localhost)$/.test(host)) {
    throw wrong('can be reached from other machines', 'give a loopback address, or --allow-remote if that is meant');
  }
  return { host, port };
}

const formats: readonly ExpositionFormat[] = ['openmetrics', 'prometheus'];

function parseFormat(value: string | undefined): ExpositionFormat | undefined {
  if (value === undefined) return undefined;
  const format = formats.find((one) => one === value);
  if (format !== undefined) return format;
  throw new TscontainError('INVALID_VALUE', `--format "${value}" is no format`, {
    hint: `give ${formats.join(' or ')}`,
  });
}

const labelsOf = ({ id, config }: Container) => ({
  id,
  name: config.name,
  image: config.image.name,
  ...(config.project === undefined ? {} : { project: config.project }),
});

async function page(engine: Engine, reader: CounterReader, format: ExpositionFormat): Promise<string> {
  const containers = await engine.list();
  const counters = reader.read(containers.filter(({ state }) => state.init !== undefined).map(targetOf));
  const exposed = containers.flatMap((container) => {
    const counted = counters.get(container.id);
    return counted === undefined ? [] : [{ labels: labelsOf(container), counters: counted }];
  });
  return expose(exposed, reader.readHost(), format);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  make: (format: ExpositionFormat) => Promise<string>,
): Promise<void> {
  const say = (status: number, sentence: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(`${sentence}\n`);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    say(405, 'it can be read only: GET /metrics', { allow: 'GET, HEAD' });
  } else if (request.url?.split('?')[0] !== '/metrics') {
    say(404, 'there is /metrics and nothing else');
  } else {
    const format = negotiate(request.headers.accept);
    try {
      const body = await make(format);
      response.writeHead(200, { 'content-type': CONTENT_TYPE[format] }).end(request.method === 'HEAD' ? '' : body);
    } catch (error) {
      say(500, error instanceof Error ? error.message : String(error));
    }
  }
}

/** A socket that nobody listens at any more, left by a process that was killed, is cleared away; anything else stays. */
async function clearStaleSocket(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const socket = connect(path);
  const isAlive = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!isAlive) rmSync(path);
}

async function listen(server: Server, place: Place, shown: string): Promise<string> {
  if ('path' in place) await clearStaleSocket(place.path);
  server.listen(place);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'somebody listens there already' : message;
    throw new TscontainError('INVALID_VALUE', `--listen "${shown}": ${why}`, { hint: 'give another --listen' });
  }
  if ('path' in place) chmodSync(place.path, 0o600);
  const address = server.address();
  if (address === null || typeof address === 'string') return shown;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}/metrics`;
}

export const metrics: Command = {
  name: 'metrics',
  summary: 'Counters of containers and of the machine, for Prometheus',
  description:
    'Answers GET /metrics in OpenMetrics 1.0 or in the text format 0.0.4, as the reader asks, until it is interrupted. Counters are given as counters, in seconds and bytes; what is not measured is left out.',
  arguments: [],
  options: [
    {
      flags: '--listen <address>',
      description: `a loopback address and a port (0 is any), or unix:/PATH; ${DEFAULT_LISTEN} when absent`,
    },
    { flags: '--allow-remote', description: 'listen also where other machines can reach it: there is no password' },
    { flags: '--once', description: 'print it and leave' },
    {
      flags: '--format <format>',
      description: 'with --once: openmetrics (when absent) or prometheus, the older text format',
      complete: ['openmetrics', 'prometheus'],
    },
  ],
  examples: [
    { command: 'tscontain metrics', what: 'http://127.0.0.1:9477/metrics, for a scrape_config of Prometheus' },
    {
      command: 'tscontain metrics --once --format prometheus | promtool check metrics',
      what: 'whether it is well formed',
    },
  ],
  async run(context, _args, values) {
    const format = parseFormat(text(values, 'format'));
    const shown = text(values, 'listen') ?? DEFAULT_LISTEN;
    const place = parseListen(shown, flag(values, 'allowRemote'));
    if (format !== undefined && !flag(values, 'once')) {
      throw new TscontainError('INVALID_VALUE', '--format goes with --once', {
        hint: 'a reader says with its Accept header which format it wants',
      });
    }
    const engine = await context.engine();
    const reader = createCounterReader();
    if (flag(values, 'once')) {
      context.stdout.write(await page(engine, reader, format ?? 'openmetrics'));
      return EXIT.ok;
    }
    // One page at a time, however many ask at once.
    let turn: Promise<unknown> = Promise.resolve();
    const make = (wanted: ExpositionFormat): Promise<string> => {
      const made = turn.then(() => page(engine, reader, wanted));
      turn = made.catch(() => undefined);
      return made;
    };
    const server = createServer(
      { requestTimeout: 10_000 },
      (request, response) => void answer(request, response, make),
    );
    server.maxConnections = 64;
    context.print(await listen(server, place, shown));
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    server.closeAllConnections();
    server.close();
    return EXIT.ok;
  },
};
