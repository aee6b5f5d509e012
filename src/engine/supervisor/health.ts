// The health of a container under this supervisor: probes by its check, and what is written down of them.
//
// A status that changes is written and told at once. The rest, that the same was found once more, is written now and then and
// told to nobody: with a probe a second in each of fifty containers the disk and every dashboard would be busy with nothing.
import { probeCommand } from '../health/check.js';
import { healthAtStart, timesOf } from '../health/course.js';
import { isTscontainError } from '../errors.js';
import type { Health } from '../model.js';
import { tell } from '../verbs/parts.js';
import { HealthWatch } from './health-watch.js';
import type { Parts } from './parts.js';
import { startProbe } from './probe.js';
import type { Run } from './run.js';

/** Of what is no news. */
const WRITE_EVERY_MS = 10_000;
/** setTimeout takes no more; who asks for longer is asked after 24 days. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * @param isAdopted it ran already, under a supervisor that is no more: its schedule goes on
 * @returns undefined for a container that is not checked
 * @throws TscontainError NO_SUCH_CONTAINER
 */
export function watchHealth(parts: Parts, id: string, run: Run, isAdopted: boolean): HealthWatch | undefined {
  const { config, state } = parts.store.load(id);
  const argv = probeCommand(config.healthcheck, config.shell);
  if (config.healthcheck === undefined || argv === undefined) return undefined;
  const times = timesOf(config.healthcheck);
  const health = state.health ?? healthAtStart(undefined);
  let writtenAt = 0;
  const watch = new HealthWatch(
    { times, startedAt: run.startedAt, health },
    {
      now: Date.now,
      after: (ms, action) => {
        const timer = setTimeout(action, Math.min(ms, LONGEST_WAIT_MS));
        return () => clearTimeout(timer);
      },
      probe: () => startProbe(parts, { id, init: run.pid, argv, timeoutMs: times.timeoutMs }),
      changed: (now, before) => {
        const isNews = now.status !== before.status;
        if (!isNews && Date.now() - writtenAt < WRITE_EVERY_MS) return;
        writtenAt = Date.now();
        // Who held the lock meanwhile may have let later ones pass: what is written is the last there is.
        void write(parts, id, run, () => watch.health, isNews ? now.status : undefined);
      },
    },
  );
  // The last result may be of the run before.
  const last = Date.parse(health.log.at(-1)?.end ?? '') || 0;
  watch.begin(isAdopted ? Math.max(last, run.startedAt) : undefined);
  watch.follow(state.status === 'paused');
  return watch;
}

async function write(
  parts: Parts,
  id: string,
  run: Run,
  latest: () => Health,
  news: Health['status'] | undefined,
): Promise<void> {
  const { store, say } = parts;
  try {
    await store.withLock(id, () => {
      const { config, state } = store.load(id);
      // Paused, stopped or ended meanwhile: then it is not known any more.
      if (state.status !== 'running' || state.init?.pid !== run.pid || state.stopRequested) return;
      store.writeState(id, { ...state, health: latest() }, { isQuiet: news === undefined });
      if (news === 'healthy' || news === 'unhealthy')
        tell(parts, { id, config }, `health_status: ${news}`, {
          failingStreak: String(latest().failingStreak),
        });
    });
  } catch (error) {
    if (!isTscontainError(error, 'NO_SUCH_CONTAINER')) say(`the health of ${id} cannot be written: ${String(error)}`);
  }
}
