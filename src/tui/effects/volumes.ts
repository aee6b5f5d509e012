// Volumes: listed while they are looked at, measured in the background, their directories read; made, removed, pruned.
import type { Refused } from '../actions.js';
import { bytes } from '../present/units.js';
import { pathOf } from '../reducers/volumes.js';
import type { State } from '../state.js';
import { selectedVolume } from '../volume-rows.js';
import type { VolumesPort } from '../volumes/port.js';
import { shownName } from '../volumes/using.js';
import type { Doers, EffectOf } from './doers.js';
import { failureOf, sentenceOf, tell } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';
import { Relisting } from './relisting.js';

type VolumeType = 'list-volumes' | 'create-volume' | 'remove-volumes' | 'prune-volumes' | 'open-volume-file';

/** A size is measured again after so long, ms, when somebody looks. */
const MEASURED_FOR_MS = 60_000;
/** A directory is read again after so long, ms, while somebody looks at it. */
const READ_EVERY_MS = 5000;

export class Volumes {
  readonly doers: Doers<VolumeType> = {
    'list-volumes': () => this.listed.changed(),
    'create-volume': ({ request }) =>
      this.listing.ask(async () => {
        await this.volumes.create(request);
        const names = [request.name === '' ? 'A volume without a name' : request.name];
        this.ports.dispatch({ type: 'volumes-changed', what: 'made', names, refused: [] });
      }),
    'remove-volumes': (effect) => void this.remove(effect),
    'prune-volumes': ({ which }) =>
      this.listing.ask(async () => {
        this.ports.dispatch({ type: 'volumes-pruned', ...(await this.volumes.prune(which)) });
      }),
    'open-volume-file': (effect) => void this.open(effect),
  };

  private readonly listed: Relisting;
  /** when each was measured last, ms since the epoch */
  private readonly measured = new Map<string, number>();
  private isMeasuring = false;
  private wasShown = false;
  private containers: State['containers']['list'] = [];
  /** the directory that was asked for last, and when */
  private asked = '';
  private askedAt = 0;

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
    private readonly volumes: VolumesPort,
  ) {
    this.listed = new Relisting(async () => {
      const list = await this.volumes.list().catch(failureOf);
      this.ports.dispatch({ type: 'volumes', list });
    });
  }

  follow(state: State): void {
    const isShown = state.view.page === 'volumes';
    if (isShown && (!this.wasShown || state.containers.list !== this.containers)) this.listed.changed();
    this.containers = state.containers.list;
    this.wasShown = isShown;
    if (!isShown) {
      this.asked = '';
      return;
    }
    if (!this.isMeasuring && this.nextToMeasure() !== undefined) void this.measure();
    this.wantDirectory(state);
  }

  /** One after the other, as each may be as long as there are files; no further ones once nobody looks. */
  private async measure(): Promise<void> {
    this.isMeasuring = true;
    // Who follows the state must not change it on the way.
    await Promise.resolve();
    for (let name = this.nextToMeasure(); name !== undefined; name = this.nextToMeasure()) {
      this.measured.set(name, this.ports.clock.now());
      this.ports.dispatch({ type: 'volume-size', name, size: 'measuring' });
      const size = await this.volumes.size(name).catch(() => 'unknown' as const);
      this.ports.dispatch({ type: 'volume-size', name, size });
    }
    this.isMeasuring = false;
  }

  private nextToMeasure(): string | undefined {
    const { view, volumes } = this.ports.state();
    if (view.page !== 'volumes') return undefined;
    const since = this.ports.clock.now() - MEASURED_FOR_MS;
    return volumes.list?.find(({ name }) => (this.measured.get(name) ?? -Infinity) <= since)?.name;
  }

  private wantDirectory(state: State): void {
    const volume = selectedVolume(state);
    if (volume === undefined || state.volumes.tab !== 'files') return;
    const path = pathOf(state);
    const key = `${volume.name}/${path}`;
    if (key === this.asked && state.now - this.askedAt < READ_EVERY_MS) return;
    this.asked = key;
    this.askedAt = state.now;
    void this.volumes
      .directory(volume, path)
      .catch(failureOf)
      .then((found) => this.ports.dispatch({ type: 'volume-directory', volume: volume.name, path, found }));
  }

  private async open({ volume: name, path }: EffectOf<'open-volume-file'>): Promise<void> {
    const volume = this.ports.state().volumes.list?.find((one) => one.name === name);
    if (volume === undefined) return;
    try {
      const { text, sizeBytes, isCut, isBinary } = await this.volumes.file(volume, path);
      const about = `${bytes(sizeBytes)}${isBinary ? ', no text' : ''}${isCut ? ', its beginning' : ''}`;
      const title = `${path} of ${shownName(volume)}: ${about}`;
      this.ports.dispatch({ type: 'show-text', title, lines: text.split('\n'), copy: text });
    } catch (error) {
      tell(this.ports, error);
    }
  }

  private async remove({ names }: EffectOf<'remove-volumes'>): Promise<void> {
    const { state, dispatch } = this.ports;
    const { sizes } = state().volumes;
    const removed: string[] = [];
    const refused: Refused[] = [];
    for (const name of names) {
      try {
        await this.volumes.remove(name);
        removed.push(name);
      } catch (error) {
        refused.push({ id: name, name, message: sentenceOf(error) });
      }
    }
    const known = removed.map((name) => sizes.get(name));
    const isKnown = known.every((size) => typeof size === 'number');
    const freedBytes = isKnown ? known.reduce((sum, size) => sum + size, 0) : undefined;
    dispatch({
      type: 'volumes-changed',
      what: 'removed',
      names: removed,
      refused,
      ...(freedBytes === undefined ? {} : { freedBytes }),
    });
  }
}
