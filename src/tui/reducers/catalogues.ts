// The pages that list things of one kind, by their names: who asks does so of the page in front.
import { isCatalogue, type CatalogueName } from '../state/catalogue.js';
import type { State } from '../state.js';
import type { CatalogueActs } from './catalogue.js';
import { imageActs } from './images.js';
import { networkActs } from './networks.js';
import { volumeActs } from './volumes.js';

export const CATALOGUE_ACTS: Readonly<Record<CatalogueName, CatalogueActs>> = {
  images: imageActs,
  networks: networkActs,
  volumes: volumeActs,
};

/** What can be done on the page in front, where it lists things of one kind. */
export const catalogueInFront = ({ view: { page } }: State): CatalogueActs | undefined =>
  isCatalogue(page) ? CATALOGUE_ACTS[page] : undefined;

/** After rows came or went, or the screen has another size. */
export const settledCatalogues = (state: State): State =>
  Object.values(CATALOGUE_ACTS).reduce((next, { settled }) => settled(next), state);
