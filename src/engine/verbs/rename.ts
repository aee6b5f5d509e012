// rename: the new name is taken before the old one is let go, so a crash in between leaves it with one of the two.
import { TscontainError } from '../errors.js';
import { parseContainerName } from '../grammar/names.js';
import type { Container } from '../model.js';
import { renameOnNetworks } from '../network/join.js';
import { requireMove } from '../states.js';
import { tellSupervisor } from './looking-after.js';
import { tell, type Parts } from './parts.js';

/** @throws TscontainError NO_SUCH_CONTAINER, ILLEGAL_STATE, INVALID_VALUE, NAME_IN_USE */
export async function rename(parts: Parts, ref: string, wanted: string): Promise<void> {
  const { store } = parts;
  const name = parseContainerName(wanted);
  const id = store.resolve(ref);
  const renamed = await store.withLock(id, async (): Promise<Container> => {
    const { config, state } = store.load(id);
    requireMove('rename', { name: config.name, status: state.status });
    if (name === config.name)
      throw new TscontainError('INVALID_VALUE', `the container is called ${name} already`, {
        hint: 'give another name',
      });
    await store.takeName(name, id);
    try {
      await store.writeConfig({ ...config, name });
    } catch (error) {
      await store.releaseName(name, id);
      throw error;
    }
    await store.releaseName(config.name, id);
    await renameOnNetworks(parts, { ...config, name });
    const container = store.load(id);
    tell(parts, container, 'rename', { oldName: config.name });
    return container;
  });
  await tellSupervisor(parts, renamed);
}
