// The engine's verbs for networks as the dashboard asks for them.
import {
  KEEP_SECONDS,
  openConnections,
  type Container,
  type CreateSpec,
  type Engine,
  type PortBinding,
} from '../../engine/index.js';
import type { NetworksPort } from '../networks/port.js';
import { isRunning } from '../rows.js';
import type { Ports } from './ports.js';

/** What was handed in, else the engine's own. */
export const networkVerbs = ({ networks, engine }: Pick<Ports, 'networks' | 'engine'>): NetworksPort =>
  networks ?? {
    list: () => engine.networks.list(),
    create: async (request) => {
      await engine.networks.create(request);
    },
    remove: (id) => engine.networks.remove(id),
    prune: () => engine.networks.prune(),
    connect: (network, container, request) => engine.networks.connect(network, container, request),
    disconnect: (network, container) => engine.networks.disconnect(network, container),
    connections: ({ state: { init } }) => (init === undefined ? Promise.resolve(undefined) : openConnections(init.pid)),
    republish: (container, ports) => republish(engine, container, ports),
  };

/** A name that nobody else has, for the one before while the new one takes its place. */
const asideName = ({ id, config: { name } }: Container): string => `${name}-${id.slice(0, 12)}`;

/**
 * The one before is out of the way, but there, until the new one runs: where that fails it has its name again, and runs again
 * if it ran.
 */
async function republish(engine: Engine, { id }: Container, ports: readonly PortBinding[]): Promise<string> {
  const before = await engine.get(id);
  const ran = isRunning(before.state.status);
  const { name } = before.config;
  if (ran) await engine.stop(id);
  let made: string | undefined;
  try {
    await engine.rename(id, asideName(before));
    made = (await engine.create(anew(before, ports))).id;
    if (ran) await engine.start(made);
  } catch (error) {
    if (made !== undefined) await engine.remove(made, { force: true });
    if ((await engine.get(id)).config.name !== name) await engine.rename(id, name);
    if (ran) await engine.start(id);
    throw error;
  }
  await engine.remove(id, { force: true, keepSeconds: KEEP_SECONDS });
  return made;
}

/** Everything that was asked for of it, but for what belongs to one container alone. */
function anew({ config }: Container, ports: readonly PortBinding[]): CreateSpec {
  const { schema: _schema, id, created: _created, argv: _argv, image, hostname, ...rest } = config;
  // The name of the image may lead to another one by now; a host name that was its id is the new one's id.
  return { ...rest, image: image.id, ports, ...(hostname === id.slice(0, 12) ? {} : { hostname }) };
}
