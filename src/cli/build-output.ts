// --output of a build: what is made of the image besides keeping it. The grammar is buildx's.
import { resolve } from 'node:path';
import { TscontainError, type BuildResult, type Engine } from '../engine/index.js';
import type { Context } from './context.js';
import { requireNoTerminal, writeArchive } from './output-file.js';

export type BuildOutput =
  /** its files, in a directory */
  | { readonly type: 'local'; readonly directory: string }
  /** its files as a tar archive, or the image as one; without a file, to the output */
  | { readonly type: 'tar' | 'oci' | 'docker'; readonly file: string | undefined };

const HINT = 'give DIRECTORY, -, or type=local|tar|oci|docker,dest=PATH';

/** "out", "-", "type=local,dest=out", "type=tar,dest=out.tar"; undefined for type=image, which is what is done anyway. */
export function parseOutput(text: string): BuildOutput | undefined {
  const wrong = (why: string) =>
    new TscontainError('INVALID_VALUE', `--output ${JSON.stringify(text)} cannot be: ${why}`, { hint: HINT });
  if (text === '-') return { type: 'tar', file: undefined };
  if (text === '') throw wrong('it names nothing');
  if (!text.includes('=')) return { type: 'local', directory: resolve(text) };
  const fields = new Map(text.split(',').map((field) => field.split(/=(.*)/s, 2) as [string, string | undefined]));
  const unknown = [...fields.keys()].find((key) => !['type', 'dest'].includes(key));
  if (unknown !== undefined) throw wrong(`it has no ${JSON.stringify(unknown)}`);
  const type = fields.get('type') ?? '';
  const dest = fields.get('dest');
  switch (type) {
    case 'image':
      if (dest !== undefined) throw wrong('an image goes to no path');
      return undefined;
    case 'local':
      if (dest === undefined || dest === '' || dest === '-') throw wrong('it has no dest=DIRECTORY');
      return { type, directory: resolve(dest) };
    case 'tar':
    case 'oci':
    case 'docker':
      return { type, file: dest === undefined || dest === '' || dest === '-' ? undefined : dest };
    default:
      throw wrong(`there is no type ${JSON.stringify(type)}`);
  }
}

/** Asked before an hour has passed. @throws TscontainError INVALID_VALUE */
export function requireRoomFor(context: Context, output: BuildOutput): void {
  if (output.type !== 'local') requireNoTerminal(context, output.file);
}

export async function giveOut(
  context: Context,
  { images }: Pick<Engine, 'images'>,
  { id, names }: Pick<BuildResult, 'id' | 'names'>,
  output: BuildOutput,
): Promise<void> {
  const image = id.replace('sha256:', '');
  switch (output.type) {
    case 'local':
      await images.filesTo(image, output.directory);
      return;
    case 'tar':
      await writeArchive(context, await images.files(image), output.file);
      return;
    case 'oci':
    case 'docker': {
      const format = output.type === 'oci' ? 'oci-archive' : 'docker-archive';
      await writeArchive(context, await images.save(names.length > 0 ? names : [image], { format }), output.file);
    }
  }
}
