// What is done to containers, to many at a time: each act is told when all of it is over, so that it can be taken back as one.
import { KEEP_SECONDS, type Container } from '../../engine/index.js';
import type { Refused } from '../actions.js';
import type { ImagesPort } from '../images/port.js';
import type { NetworksPort } from '../networks/port.js';
import { SHOWN_AS } from '../reducers/undo.js';
import type { UndoEntry, UndoStep, Verb } from '../state.js';
import type { Doers, EffectOf } from './doers.js';
import { failureOf, sentenceOf } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';

const KEPT = { keepSeconds: KEEP_SECONDS } as const;

type ActType = 'verb' | 'remove' | 'prune' | 'update' | 'rename' | 'undo' | 'look-up-limits';

export class Acts {
  readonly doers: Doers<ActType> = {
    verb: (effect) => void this.verb(effect),
    remove: (effect) => void this.remove(effect),
    prune: () => this.listing.ask(() => this.prune()),
    update: (effect) => this.listing.ask(() => this.update(effect)),
    rename: (effect) => this.listing.ask(() => this.rename(effect)),
    undo: ({ entry }) => void this.undo(entry),
    'look-up-limits': ({ ids }) => void this.lookUpLimits(ids),
  };

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
    private readonly images: ImagesPort,
    private readonly networks: NetworksPort,
  ) {}

  private async verb({ verb, ids }: EffectOf<'verb'>): Promise<void> {
    const { engine, dispatch } = this.ports;
    dispatch({ type: 'done', verb, containers: await this.each(ids, verb, (id) => engine[verb](id)) });
  }

  /** What is removed is kept for a while, so that it can be brought back. */
  private async remove({ ids, force }: EffectOf<'remove'>): Promise<void> {
    const { engine, dispatch } = this.ports;
    const containers = await this.each(ids, 'remove', (id) => engine.remove(id, { force, ...KEPT }));
    const keptBytes = await this.keptBytes(containers);
    dispatch({ type: 'done', verb: 'remove', containers, ...(keptBytes === undefined ? {} : { keptBytes }) });
  }

  private async prune(): Promise<void> {
    const { engine, dispatch, state } = this.ports;
    const { byId } = state().containers;
    const { removed } = await engine.prune(KEPT);
    const containers = removed.flatMap((id) => byId.get(id) ?? []);
    const keptBytes = await this.keptBytes(containers);
    dispatch({ type: 'done', verb: 'remove', containers, ...(keptBytes === undefined ? {} : { keptBytes }) });
  }

  /** All at once: one that refuses keeps none of the others from being changed. */
  private async update({ changes }: EffectOf<'update'>): Promise<void> {
    const { engine, dispatch, state } = this.ports;
    const changed: { id: string; name: string; before: EffectOf<'update'>['changes'][number]['before'] }[] = [];
    const refused: Refused[] = [];
    await Promise.all(
      changes.map(async ({ id, limits, before }) => {
        const name = state().containers.byId.get(id)?.config.name ?? id.slice(0, 12);
        try {
          await engine.update(id, { limits });
          changed.push({ id, name, before });
        } catch (error) {
          refused.push({ id, name, message: sentenceOf(error) });
        }
      }),
    );
    dispatch({ type: 'updated', changed, refused });
  }

  private async rename({ id, name }: EffectOf<'rename'>): Promise<void> {
    const { engine, dispatch, state } = this.ports;
    const before = state().containers.byId.get(id)?.config.name ?? '';
    await engine.rename(id, name);
    dispatch({ type: 'renamed', id, name, before });
  }

  private async lookUpLimits(ids: readonly string[]): Promise<void> {
    const { engine, dispatch } = this.ports;
    for (const id of ids) {
      const limits = await engine.limitsInForce(id).catch(() => ({}));
      dispatch({ type: 'limits-in-force', id, limits });
    }
  }

  private async undo(entry: UndoEntry): Promise<void> {
    const { dispatch } = this.ports;
    const failed: Refused[] = [];
    await Promise.all(
      entry.steps.map(async (step) => {
        const { id, name } = step;
        try {
          await this.takeBack(step);
        } catch (error) {
          failed.push({ id, name, message: sentenceOf(error) });
        }
        dispatch({ type: 'ended', id, verb: SHOWN_AS[step.do] });
      }),
    );
    dispatch({ type: 'undone', entry, failed });
    this.listing.changed();
  }

  private async takeBack(step: UndoStep): Promise<void> {
    const { engine } = this.ports;
    switch (step.do) {
      case 'limits':
        await engine.update(step.id, { limits: step.limits });
        return;
      case 'rename':
        await engine.rename(step.id, step.to);
        return;
      case 'restore':
        await engine.restore(step.id);
        if (step.start) await engine.start(step.id);
        return;
      case 'tag':
        await this.images.tag(step.id, step.name);
        return;
      case 'untag':
        await this.images.remove(step.name);
        return;
      case 'connect':
        await this.networks.connect(step.network, step.id, step.request);
        return;
      case 'disconnect':
        await this.networks.disconnect(step.network, step.id);
        return;
      case 'pause':
      case 'unpause':
      case 'start':
        await engine[step.do](step.id);
    }
  }

  /** Does something to each at once; the row says what until it is done. @returns those for whom it was done, as they were */
  private async each(
    ids: readonly string[],
    verb: Verb,
    action: (id: string) => Promise<unknown>,
  ): Promise<readonly Container[]> {
    const { dispatch, state } = this.ports;
    const { byId } = state().containers;
    const before = await Promise.all(
      ids.map(async (id) => {
        try {
          await action(id);
          dispatch({ type: 'ended', id, verb });
          return byId.get(id);
        } catch (error) {
          dispatch({ type: 'ended', id, verb, failure: failureOf(error) });
          return undefined;
        } finally {
          this.listing.changed();
        }
      }),
    );
    return before.filter((container) => container !== undefined);
  }

  /** Bytes of disk that these still take; undefined where that cannot be told. */
  private async keptBytes(containers: readonly Container[]): Promise<number | undefined> {
    const kept = await this.ports.engine.removed().catch(() => []);
    const theirs = kept.filter(({ id }) => containers.some((container) => container.id === id));
    return theirs.length === 0 ? undefined : theirs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
}
