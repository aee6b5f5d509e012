// The Images view: the images there are, how they are shown, and what goes on with them.
import type { ImageColumn, ImageSort, ImageTab } from '../images/columns.js';
import type { Job } from '../images/jobs.js';
import type { ImageOrigin, ImageRow } from '../images/port.js';
import type { ListPosition, Viewer } from '../widgets/index.js';
import type { CatalogueSlice } from './catalogue.js';
import type { Prompt } from './prompt.js';

/** A row is known by its name, or by the id of an image without one. */
export interface ImagesSlice extends CatalogueSlice<ImageRow, ImageSort, ImageColumn, ImageTab> {
  /** of the selected image, once it was asked for */
  readonly details: { readonly id: string; readonly found: ImageOrigin | { readonly failed: string } } | undefined;
  /** where each tab stands */
  readonly layers: ListPosition;
  readonly config: ListPosition;
  readonly transfers: ListPosition;
}

export interface JobsSlice {
  /** oldest first */
  readonly list: readonly Job[];
  readonly nextNumber: number;
  /** the build that is looked at; undefined is the newest */
  readonly build: number | undefined;
  /** its output; line numbers count from the oldest that was kept when `base` lines had been dropped */
  readonly viewer: Viewer;
  readonly base: number;
  readonly search: Prompt;
}
