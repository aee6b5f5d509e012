// Reading the documents of all images before the store's lock is taken: a few ms at a time, so that the dashboard lives on, and what
// is done under the lock finds them in memory.
import { setImmediate } from 'node:timers/promises';
import { isTscontainError } from '../errors.js';
import type { ContentParts } from './content/open.js';
import { imagesBelow } from './stored.js';

/** How long the event loop may wait, ms. */
const SLICE_MS = 4;

export async function readAhead(content: ContentParts): Promise<void> {
  let slice = performance.now() + SLICE_MS;
  for (const { descriptor } of content.references.entries()) {
    try {
      imagesBelow(content, descriptor);
    } catch (error) {
      // Whoever needs it meets it again.
      if (!isTscontainError(error)) throw error;
    }
    if (performance.now() < slice) continue;
    await setImmediate();
    slice = performance.now() + SLICE_MS;
  }
}
