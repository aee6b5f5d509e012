// What a Dockerfile says, as data: one shape an instruction, variables not yet replaced. Each word knows where it stands.
import { CONFIG_WORDS, type ConfigWord } from '../../image/instructions.js';
import type { Check } from './directives.js';
import type { HereDocument } from './lines.js';
import type { Position, Source, Warning } from './position.js';

/** A word as it stands in the file, quotes and variables in it. */
export interface Raw {
  readonly text: string;
  readonly position: Position;
}

/** Exec form is the argument vector itself, shell form is given to the shell of the image. */
export type Command =
  { readonly form: 'exec'; readonly words: readonly string[] } | { readonly form: 'shell'; readonly text: string };

/** RUN --mount, variables not yet replaced. */
export interface RunMount {
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret';
  readonly position: Position;
  /** where it is in the container; of a secret it may be absent */
  readonly target?: string;
  readonly source?: string;
  /** a stage or an image; absent is the context (bind) or nothing (cache) */
  readonly from?: string;
  readonly id?: string;
  readonly readOnly: boolean;
  readonly sharing: 'shared' | 'private' | 'locked';
  /** octal */
  readonly mode?: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes?: number;
  /** of a secret: without it the build ends */
  readonly required: boolean;
  /** of a secret: the variable that it becomes */
  readonly env?: string;
}

export interface From {
  readonly keyword: 'FROM';
  readonly image: Raw;
  readonly platform?: Raw;
  readonly as?: string;
}

export interface Run {
  readonly keyword: 'RUN';
  readonly command: Command;
  readonly hereDocuments: readonly HereDocument[];
  readonly mounts: readonly RunMount[];
  readonly network: 'default' | 'none' | 'host';
}

/** COPY and ADD. */
export interface Copy {
  readonly keyword: 'COPY' | 'ADD';
  readonly sources: readonly Raw[];
  /** files whose content stands in the Dockerfile itself: `path` is their name */
  readonly inline: readonly { readonly path: string; readonly document: HereDocument; readonly position: Position }[];
  readonly target: Raw;
  /** the flags as they stand, for the history */
  readonly flags: readonly string[];
  readonly from?: Raw;
  readonly chown?: Raw;
  readonly chmod?: Raw;
  readonly link: boolean;
  readonly parents: boolean;
  readonly excludes: readonly Raw[];
  readonly checksum?: Raw;
  /** of ADD: whether an archive is unpacked; absent: one of the context is, one from elsewhere is not */
  readonly unpack?: boolean;
}

export interface Arg {
  readonly keyword: 'ARG';
  readonly args: readonly { readonly name: string; readonly value?: Raw; readonly position: Position }[];
}

/** What changes the image's own defaults and none of its files; of ONBUILD with here documents, these stand below the line. */
export interface Setting {
  readonly keyword: ConfigWord;
  readonly rest: Raw;
  /** where a character of `rest` stands: it may go over several lines */
  readonly at: (offset: number) => Position;
}

export type Words = From | Run | Copy | Arg | Setting | { readonly keyword: 'MAINTAINER'; readonly rest: Raw };

export type Keyword = Words['keyword'];

export type Instruction = Words & {
  readonly position: Position;
  /** the line as it is shown: joined, trimmed */
  readonly text: string;
};

export interface Dockerfile {
  readonly source: Source;
  readonly escape: '\\' | '`';
  readonly check: Check;
  readonly instructions: readonly Instruction[];
  /** those that the check directive wants */
  readonly warnings: readonly Warning[];
}

export const KEYWORDS: readonly Keyword[] = ['FROM', 'RUN', 'COPY', 'ADD', 'ARG', 'MAINTAINER', ...CONFIG_WORDS];
