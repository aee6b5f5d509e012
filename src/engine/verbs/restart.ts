// restart: stop where it runs, then start.
import type { Container } from '../model.js';
import { requireMove } from '../states.js';
import { isAlive, tell, type Parts } from './parts.js';
import { start } from './start.js';
import { stop } from './stop.js';

export async function restart(
  parts: Parts,
  ref: string,
  options: { timeoutSeconds?: number } = {},
): Promise<Container> {
  const { store } = parts;
  const id = store.resolve(ref);
  const { config, state } = store.load(id);
  requireMove('restart', { name: config.name, status: state.status });
  if (isAlive(state.status)) await stop(parts, id, options);
  const container = await start(parts, id);
  tell(parts, container, 'restart');
  return container;
}
