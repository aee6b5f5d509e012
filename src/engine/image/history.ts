// image history: how an image came to be, the newest first, with what each line has added.
import type { ImageHistoryLine } from './answers.js';
import { findImage, readSteadily } from './find.js';
import type { HistoryEntry } from './oci.js';
import type { ImageParts } from './store.js';
import type { StoredImage } from './stored.js';

/** @throws TscontainError NO_SUCH_IMAGE, INVALID_VALUE, AMBIGUOUS_ID, STATE_CORRUPT */
export function history({ content, summaries }: ImageParts, text: string): Promise<ImageHistoryLine[]> {
  return readSteadily(content, () => {
    const { image } = findImage(content, summaries, text);
    const sizes = image.chainIds.map(
      (chainId, i) => content.layers.get(chainId)?.sizeBytes ?? image.manifest.layers[i]!.size,
    );
    return linesOf(image, sizes);
  });
}

/** Pure. Histories may say less than there is: every layer has its line all the same. */
export function linesOf(
  { id, configuration }: Pick<StoredImage, 'id' | 'configuration'>,
  sizes: readonly number[],
): ImageHistoryLine[] {
  let layer = 0;
  const told = configuration.history.map((entry): ImageHistoryLine => {
    if (entry.emptyLayer || layer === sizes.length) return { ...entry, emptyLayer: true, sizeBytes: 0 };
    layer += 1;
    return { ...entry, sizeBytes: sizes[layer - 1]! };
  });
  const untold = sizes.slice(layer).map((sizeBytes): ImageHistoryLine => ({ ...UNTOLD, sizeBytes }));
  const [newest, ...older] = [...told, ...untold].reverse();
  return newest === undefined ? [] : [{ ...newest, id }, ...older];
}

const UNTOLD: HistoryEntry = { emptyLayer: false };
