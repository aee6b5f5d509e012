// What a page has that lists things of one kind, with tabs about the selected one below the list: images, networks, volumes.
import type { ListPosition } from '../widgets/index.js';
import type { Prompt } from './prompt.js';

export interface CatalogueSlice<Row, Sort extends string, Column extends string, Tab extends string> {
  /** absent until it was listed once */
  readonly list: readonly Row[] | undefined;
  readonly error: string | undefined;
  /** the key of a row */
  readonly selected: string | undefined;
  readonly position: ListPosition;
  readonly marks: ReadonlySet<string>;
  readonly filter: Prompt;
  readonly sort: Sort;
  readonly descending: boolean;
  readonly columns: readonly Column[];
  /** the list, or the pane of tabs below it */
  readonly focus: 'list' | 'pane';
  readonly tab: Tab;
}

/** Pages of this kind. */
export const CATALOGUES = ['images', 'networks', 'volumes'] as const;
export type CatalogueName = (typeof CATALOGUES)[number];

export const isCatalogue = (page: string): page is CatalogueName => (CATALOGUES as readonly string[]).includes(page);
