// Reading the documents of all images before the store's lock is taken: a few ms at a time, so that the dashboard lives on, and what
// is done under the lock finds them in memory.
import { isTscontainError } from '../errors.js';
import { Turns } from '../turns.js';
import type { ContentParts } from './content/open.js';
import { imagesBelow } from './stored.js';

export async function readAhead(content: ContentParts): Promise<void> {
  const turns = new Turns();
  for (const { descriptor } of content.references.entries()) {
    try {
      imagesBelow(content, descriptor);
    } catch (error) {
      // Whoever needs it meets it again.
      if (!isTscontainError(error)) throw error;
    }
    if (turns.isDue) await turns.give();
  }
}
