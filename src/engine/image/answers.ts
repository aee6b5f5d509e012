// What the verbs of images answer, as plain data.
import type { Image } from '../model.js';
import type { Descriptor, Digest, HistoryEntry, ImageConfiguration, Platform } from './oci.js';

/** One line of a list of images; one that has several names has a line for each. */
export interface ListedImage extends Image {
  /** the full name, "docker.io/library/debian:12"; absent when it has lost its own */
  readonly reference?: string;
  /** what the name stands for, here or where it came from: a manifest, or an index of several */
  readonly digest: Digest;
  readonly platform: Platform;
  /** of the files in each layer, lowest first as `layers` are */
  readonly layerBytes: readonly number[];
  /** of its bytes, those in layers that other images have too */
  readonly sharedBytes: number;
  /** the containers that were made from it, those that are removed and still kept too */
  readonly usedBy: readonly string[];
}

export interface ImageDetails {
  readonly image: ListedImage;
  /** every name it has, as people write them */
  readonly names: readonly string[];
  /** "registry/repository@sha256:…", as people write them, of names that stand for this digest */
  readonly digests: readonly string[];
  readonly manifest: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly configuration: ImageConfiguration;
}

/** One line of `history`, the newest first. */
export interface ImageHistoryLine extends HistoryEntry {
  /** of the image, on the line of its last layer */
  readonly id?: string;
  /** of the files in the layer that the line has made; 0 where it has made none */
  readonly sizeBytes: number;
}

export interface RemoveImageWishes {
  /** all names of an id; and the name of an image that is in use, which stays without it */
  readonly force?: boolean;
  /** say what would be, and do nothing */
  readonly dryRun?: boolean;
}

export interface RemovedImage {
  /** names, as people write them */
  readonly untagged: readonly string[];
  /** ids of images that are gone */
  readonly deleted: readonly string[];
  readonly freedBytes: number;
}

export interface PruneImagesWishes {
  /** also those that have a name and that no container uses */
  readonly all?: boolean;
  /** ms since the epoch: only what was made before */
  readonly until?: number;
  /** only images that have each of these: "name" or "name=value" */
  readonly labels?: readonly string[];
  /** only images that have none of these */
  readonly withoutLabels?: readonly string[];
  /** say what would be, and do nothing */
  readonly dryRun?: boolean;
}

export interface PrunedImages extends RemovedImage {
  /** those that went, with their names as they were in the list */
  readonly images: readonly { readonly id: string; readonly name: string; readonly sizeBytes: number }[];
}

export interface ImageFinding {
  /**
   * damage: an image cannot be run or given away as it was; leftover: bytes that nothing needs, and that nobody is at;
   * note: what will be put right by itself
   */
  readonly kind: 'damage' | 'leftover' | 'note';
  /** one sentence */
  readonly what: string;
  /** with `repair`, what was done about it, as a clause */
  readonly repaired?: string;
}

export interface CheckWishes {
  /** put right what can be, and delete what nothing needs; without it nothing is changed */
  readonly repair?: boolean;
  /** leave out reading all content again, which takes as long as reading it */
  readonly quick?: boolean;
  readonly signal?: AbortSignal;
  /** bytes that were read so far, and all there are to read */
  readonly onProgress?: (bytes: number, total: number) => void;
}

export interface ImageCheck {
  readonly images: number;
  readonly blobs: number;
  readonly layers: number;
  /** bytes of content whose digest was compared */
  readonly verifiedBytes: number;
  /** things that somebody is at, which are left alone */
  readonly underWay: number;
  readonly findings: readonly ImageFinding[];
  /** no damage, or none any more */
  readonly isSound: boolean;
}
