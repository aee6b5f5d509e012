// Images: listed when they are looked at or were changed; the selected one is asked about; imported, named, removed, pruned.
import type { Refused, RemovedName } from '../actions.js';
import { selectedImage } from '../image-rows.js';
import type { ImagesPort } from '../images/port.js';
import type { State } from '../state.js';
import type { Doers, EffectOf } from './doers.js';
import { failureOf, sentenceOf } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';
import { Relisting } from './relisting.js';

type ImageType = 'list-images' | 'import-image' | 'tag-image' | 'remove-images' | 'prune-images';

export class Images {
  readonly doers: Doers<ImageType> = {
    'list-images': () => this.listed.changed(),
    'import-image': ({ source, name }) =>
      this.listing.ask(async () => {
        await this.images.import(source, name);
        this.ports.dispatch({ type: 'imported', name });
      }),
    'tag-image': ({ image, name }) =>
      this.listing.ask(async () => {
        await this.images.tag(image.name, name);
        this.ports.dispatch({ type: 'tagged', image, name });
      }),
    'remove-images': (effect) => void this.remove(effect),
    'prune-images': ({ which }) =>
      this.listing.ask(async () => {
        this.ports.dispatch({ type: 'images-pruned', ...(await this.images.prune(which)) });
      }),
  };

  private wasShown = false;
  private readonly listed: Relisting;
  /** the image that was asked about last */
  private asked = '';

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
    private readonly images: ImagesPort,
  ) {
    this.listed = new Relisting(async () => {
      const list = await this.images.list().catch(failureOf);
      this.ports.dispatch({ type: 'images', list });
    });
  }

  /** The images are listed when their view comes to the front, and the selected one is asked about. */
  follow(state: State): void {
    const isShown = state.view.page === 'images';
    if (isShown && !this.wasShown) this.listed.changed();
    this.wasShown = isShown;
    const id = isShown ? (selectedImage(state)?.id ?? '') : '';
    if (id === this.asked) return;
    this.asked = id;
    if (id !== '') void this.ask(id);
  }

  private async ask(id: string): Promise<void> {
    const details = await this.images.details(id).catch(failureOf);
    this.ports.dispatch({ type: 'image-details', id, details });
  }

  /** One after the other: names of one image depend on each other. */
  private async remove({ names }: EffectOf<'remove-images'>): Promise<void> {
    let freedBytes = 0;
    const removed: RemovedName[] = [];
    const refused: Refused[] = [];
    for (const each of names) {
      try {
        freedBytes += (await this.images.remove(each.name)).freedBytes;
        removed.push(each);
      } catch (error) {
        refused.push({ id: each.id, name: each.name, message: sentenceOf(error) });
      }
    }
    this.ports.dispatch({ type: 'image-removed', names: removed, freedBytes, refused });
  }
}
