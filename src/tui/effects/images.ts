// Images: listed when they are looked at, imported and removed.
import type { Action } from '../actions.js';
import type { Doers } from './doers.js';
import { failureOf } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';

export class Images {
  readonly doers: Doers<'list-images' | 'import-image' | 'remove-image'> = {
    'list-images': () => void this.list(),
    'import-image': ({ source, name }) =>
      this.listing.ask(async () => {
        await this.ports.engine.images.import(source, name);
        this.ports.dispatch({ type: 'imported', name });
      }),
    'remove-image': ({ name }) =>
      this.listing.ask(async () => {
        await this.ports.engine.images.remove(name);
        await this.list();
      }),
  };

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
  ) {}

  private async list(): Promise<void> {
    let answer: Extract<Action, { type: 'images' }>['list'];
    try {
      answer = await this.ports.engine.images.list();
    } catch (error) {
      answer = failureOf(error);
    }
    this.ports.dispatch({ type: 'images', list: answer });
  }
}
