// wait: for the end of a container, for its next end, for its removal.
import { isTscontainError } from '../errors.js';
import type { Container, ExitStatus } from '../model.js';
import { Bell } from '../state/bell.js';
import { layout } from '../state/layout.js';
import { ended } from './ending.js';
import { clientOf } from './looking-after.js';
import { isAlive, type Parts } from './parts.js';

export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

/** Where no change is told, it is looked for after this long. */
const LOOK_MS = 1000;

/** @throws TscontainError NO_SUCH_CONTAINER */
export async function wait(parts: Parts, ref: string, condition: WaitCondition = 'not-running'): Promise<ExitStatus> {
  const id = parts.store.resolve(ref);
  switch (condition) {
    case 'not-running':
      return (await ended(parts, id))!;
    case 'next-exit':
      return nextExit(parts, id);
    case 'removed':
      return removed(parts, id);
  }
}

async function nextExit(parts: Parts, id: string): Promise<ExitStatus> {
  const before = parts.store.readState(id).finishedAt;
  return changing(parts, id, async (container) => {
    const { state } = container;
    if (state.finishedAt !== before) return exitOf(container);
    if (!isAlive(state.status)) return undefined;
    const client = await clientOf(parts, container);
    return client?.wait(id, 'next-exit', before ?? null).catch(() => undefined);
  });
}

async function removed(parts: Parts, id: string): Promise<ExitStatus> {
  let last: ExitStatus = { exitCode: undefined };
  return changing(parts, id, async (container) => {
    last = isAlive(container.state.status) ? ((await ended(parts, id)) ?? last) : exitOf(container);
    return undefined;
  }).catch((error: unknown) => {
    if (isTscontainError(error, 'NO_SUCH_CONTAINER')) return last;
    throw error;
  });
}

/** Asks `judge` now and whenever the container has changed, until it answers. @throws NO_SUCH_CONTAINER once it is gone */
async function changing(
  { root, store }: Parts,
  id: string,
  judge: (container: Container) => Promise<ExitStatus | undefined>,
): Promise<ExitStatus> {
  const bell = new Bell([layout.containers(root), layout.container(root, id)]);
  try {
    for (;;) {
      const answer = await judge(store.load(id));
      if (answer !== undefined) return answer;
      await bell.wait(LOOK_MS);
    }
  } finally {
    bell.close();
  }
}

function exitOf({ state: { exitCode, oomKilled } }: Container): ExitStatus {
  return { exitCode, oomKilled };
}
