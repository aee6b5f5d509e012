// restore: one that was removed and is still kept comes back as it was, ended, with its files, logs and limits.
import { renameSync } from 'node:fs';
import { atomicWrite } from '../../native/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import { parseContainerName } from '../grammar/names.js';
import type { Container, ContainerConfig, ContainerState } from '../model.js';
import { bootId } from '../state/boot.js';
import { fileError } from '../state/file-errors.js';
import { layout } from '../state/layout.js';
import { findRemoved, readRemoved, withRemovedLock } from '../state/removed.js';
import { replaceFile } from '../state/replace-file.js';
import { tell, type Parts } from './parts.js';

/**
 * The name is taken first and the directory moved last: cut short in between, it is kept as before, and the next manager
 * lets go of the name.
 * @throws TscontainError NO_SUCH_CONTAINER (it is not kept), AMBIGUOUS_ID, NAME_IN_USE, INVALID_VALUE
 */
export async function restore(parts: Parts, ref: string, wishes: { name?: string } = {}): Promise<Container> {
  const { root, store } = parts;
  const id = findRemoved(root, ref);
  const wanted = wishes.name === undefined ? undefined : parseContainerName(wishes.name);
  await withRemovedLock(root, id, { wait: true }, async () => {
    const { config: before, state } = readRemoved(root, id);
    const config = { ...before, name: wanted ?? before.name };
    await takeName(parts, config);
    try {
      if (config.name !== before.name)
        await atomicWrite(layout.removedConfig(root, id), JSON.stringify(config, undefined, 1), { mode: 0o600 });
      replaceFile(layout.removedState(root, id), JSON.stringify(stateOfRestored(state)));
      renameSync(layout.removedContainer(root, id), layout.container(root, id));
    } catch (error) {
      await store.releaseName(config.name, id);
      throw fileError(error, `bring back container ${config.name}`);
    }
  });
  store.touch();
  const container = store.load(id);
  tell(parts, container, 'restore');
  return container;
}

async function takeName({ store }: Parts, { id, name }: ContainerConfig): Promise<void> {
  try {
    await store.takeName(name, id);
  } catch (error) {
    if (!isTscontainError(error, 'NAME_IN_USE')) throw error;
    throw new TscontainError('NAME_IN_USE', `another container is called ${name} by now`, {
      cause: error,
      hint: `bring it back under another name: tscontain restore --name ${name}-2 ${id.slice(0, 12)}`,
    });
  }
}

/** Of this boot, so that no restart policy starts it only because it is back. */
function stateOfRestored(state: ContainerState): ContainerState {
  const { keptUntil: _keptUntil, removeVolumes: _removeVolumes, init: _init, supervisor: _supervisor, ...rest } = state;
  const hasRun = state.startedAt !== undefined;
  return { ...rest, status: hasRun ? 'exited' : 'created', ...(hasRun ? { bootId: bootId() } : {}) };
}
