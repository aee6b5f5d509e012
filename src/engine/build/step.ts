// One instruction of a stage with everything replaced that can be: what is to be done, and what the image says after it.
import type { ImageDefaults } from '../image/oci.js';
import type { Instruction, RunMount } from './dockerfile/instruction.js';
import type { Source } from './dockerfile/position.js';
import type { Origin } from './stages.js';

export interface ExpandedMount extends Omit<RunMount, 'from'> {
  /** absent: the context (bind), an empty directory (cache) */
  readonly from?: Origin;
}

export interface RunWork {
  readonly kind: 'run';
  readonly argv: readonly string[];
  /** of the image, and the declared arguments; what the cache key is made of */
  readonly env: readonly string[];
  /** proxies: in no key and in no history */
  readonly hiddenEnv: readonly string[];
  readonly user: string;
  readonly workingDir: string;
  readonly mounts: readonly ExpandedMount[];
  readonly network: 'default' | 'none' | 'host';
  /** a here document that begins with #!: the program itself, at this place */
  readonly script?: { readonly path: string; readonly content: string };
}

export interface CopyWork {
  readonly kind: 'copy';
  /** where they come from; absent is the context */
  readonly from?: Origin;
  readonly sources: readonly string[];
  /** ADD http(s)://… */
  readonly urls: readonly string[];
  readonly inline: readonly { readonly path: string; readonly content: string }[];
  /** absolute; ends with "/" where a directory was asked for */
  readonly target: string;
  /** "user", "uid:gid" …; "" is root for files of the context, and as it was for others */
  readonly chown: string;
  /** octal */
  readonly chmod?: number;
  readonly excludes: readonly string[];
  readonly parents: boolean;
  /** archives of the context are unpacked (ADD) */
  readonly unpack: 'local' | 'all' | 'none';
  readonly checksum?: string;
}

export interface DirectoryWork {
  readonly kind: 'directory';
  readonly path: string;
  readonly user: string;
}

export type Work = RunWork | CopyWork | DirectoryWork | { readonly kind: 'nothing' };

export interface Step {
  readonly instruction: Instruction;
  readonly source: Source;
  readonly work: Work;
  /** what the image says once it is done */
  readonly config: ImageDefaults;
  /** the line of its history, as Docker writes it */
  readonly createdBy: string;
  readonly author?: string;
}
