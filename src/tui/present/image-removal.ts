// What goes when images are removed or pruned, and what stays: said, with its bytes, before it is done.
import type { ImageRow } from '../images/port.js';
import { freedBytes, goneWith, nameOf, namesOfImage, sharersOf, shortId } from '../images/sharing.js';
import type { Line } from '../state/overlays.js';
import { widthOf } from '../screen/index.js';
import { bytes, plural } from './units.js';
import { namesShort } from './image.js';

/** More names than this would hide the answers. */
const NAMED = 8;
const NAME_CELLS = 34;

const fill = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - widthOf(text)));

/** "nginx:1.27   a1b2c3d4e5f6   188M, 64M of it its own" */
function imageLine(list: readonly ImageRow[], image: ImageRow, cells: number): string {
  const own = freedBytes(
    list,
    list.filter(({ id }) => id === image.id),
  );
  const size = own === image.sizeBytes ? bytes(own) : `${bytes(image.sizeBytes)}, ${bytes(own)} of it its own`;
  return `${fill(nameOf(image), cells)}  ${image.name === undefined ? fill('', 12) : shortId(image.id)}  ${size}`;
}

function imageLines(list: readonly ImageRow[], images: readonly ImageRow[], most = NAMED): readonly Line[] {
  const named = images.slice(0, most);
  const cells = Math.min(NAME_CELLS, Math.max(0, ...named.map((image) => widthOf(nameOf(image)))));
  return [
    ...named.map((image) => ({ text: imageLine(list, image, cells) })),
    ...(images.length > most
      ? [{ text: `and ${plural(images.length - most, 'more image')}`, tone: 'dim' } as const]
      : []),
  ];
}

/** @param kept those that are left out because containers use them */
export function removalLines(
  list: readonly ImageRow[],
  images: readonly ImageRow[],
  kept: readonly ImageRow[],
): readonly Line[] {
  const gone = goneWith(list, images);
  const going = images.filter(({ id }) => gone.has(id));
  const staying = images.filter(({ id }) => !gone.has(id));
  const sharers = [
    ...new Set(going.flatMap((image) => image.layers.flatMap(({ id }) => sharersOf(list, id, image)))),
  ].filter((name) => !going.some((image) => namesOfImage(list, image.id).includes(name)));
  const total = [...new Map(going.map((image) => [image.id, image.sizeBytes])).values()].reduce((a, b) => a + b, 0);
  const freed = freedBytes(list, images);
  return [
    ...imageLines(list, images),
    { text: '' },
    ...(going.length > 0 ? [{ text: `Frees ${bytes(freed)}: the layers that no other image has.` }] : []),
    ...(sharers.length > 0
      ? [
          {
            text: `Stays: ${bytes(Math.max(0, total - freed))} shared with ${namesShort(sharers, 3)}.`,
            tone: 'dim',
          } as const,
        ]
      : []),
    ...staying.map((image): Line => ({
      text: `${nameOf(image)} is one of ${namesOfImage(list, image.id).length} names: the image stays, and ctrl-z gives the name back.`,
      tone: 'dim',
    })),
    ...kept.map((image): Line => ({ text: `${nameOf(image)} is left out: a container uses it.`, tone: 'notice' })),
    ...(going.length > 0
      ? [{ text: 'This cannot be taken back; what came from a registry can be pulled again.', tone: 'dim' } as const]
      : []),
  ];
}

export function pruneLines(
  list: readonly ImageRow[],
  dangling: readonly ImageRow[],
  unused: readonly ImageRow[],
): readonly Line[] {
  const named = unused.filter(({ name }) => name !== undefined);
  const heading = (text: string): Line => ({ text, tone: 'strong' });
  return [
    ...(dangling.length > 0
      ? [
          heading(`without a name: ${plural(dangling.length, 'image')}, ${bytes(freedBytes(list, dangling))}`),
          ...imageLines(list, dangling, 5),
        ]
      : []),
    ...(dangling.length > 0 && named.length > 0 ? [{ text: '' }] : []),
    ...(named.length > 0
      ? [
          heading(`used by no container: ${plural(named.length, 'image')}, ${bytes(freedBytes(list, named))}`),
          ...imageLines(list, named, 5),
        ]
      : []),
    { text: '' },
    {
      text: `All of it together frees ${bytes(freedBytes(list, unused))}: layers that are shared go with the last that has them.`,
    },
    { text: 'This cannot be taken back; what came from a registry can be pulled again.', tone: 'dim' },
  ];
}
