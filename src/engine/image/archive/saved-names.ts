// The names of an archive as the store keeps them; one that is none is left out, for it names nothing here. Pure.
import { imageName } from '../reference.js';

export function namesIn(tags: readonly string[]): string[] {
  return tags.flatMap((tag) => {
    try {
      return [imageName(tag)];
    } catch {
      return [];
    }
  });
}
