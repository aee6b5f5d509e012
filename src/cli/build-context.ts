// What the words of `tscontain build` say of its context and its Dockerfile: a directory, standard input as a Dockerfile or as an
// archive, and what is refused.
import { resolve } from 'node:path';
import { TscontainError, type BuildWishes } from '../engine/index.js';

export interface Words {
  /** PATH, or "-" */
  readonly path: string;
  /** -f */
  readonly file: string | undefined;
}

const isAddress = (text: string): boolean => /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(text);

/** @throws TscontainError INVALID_VALUE, NOT_SUPPORTED */
export async function readBuildWords(
  { path, file }: Words,
  stdin: AsyncIterable<Uint8Array>,
): Promise<Pick<BuildWishes, 'context' | 'dockerfile'>> {
  if (isAddress(path)) {
    throw new TscontainError(
      'NOT_SUPPORTED',
      `a build from ${JSON.stringify(path)} is not supported: nothing is fetched as a context`,
      {
        hint: 'fetch or clone it first, and build from the directory',
      },
    );
  }
  if (file === '-') {
    if (path === '-')
      throw new TscontainError('INVALID_VALUE', 'the context and the Dockerfile cannot both be standard input');
    return {
      context: { kind: 'directory', path: resolve(path) },
      dockerfile: { name: '-', text: await textOf(stdin) },
    };
  }
  if (path !== '-')
    return {
      context: { kind: 'directory', path: resolve(path) },
      ...(file === undefined ? {} : { dockerfile: resolve(file) }),
    };
  const { head, whole } = await peeked(stdin);
  if (isArchive(head))
    return { context: { kind: 'archive', bytes: whole }, ...(file === undefined ? {} : { dockerfile: file }) };
  if (file !== undefined)
    throw new TscontainError('INVALID_VALUE', `with -f ${file} standard input is to be an archive, and it is none`, {
      hint: 'give the context as a directory, or as a tar archive',
    });
  return { context: { kind: 'none' }, dockerfile: { name: '-', text: await textOf(whole) } };
}

/** A Dockerfile is written by people. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_TEXT_BYTES)
      throw new TscontainError('INVALID_VALUE', 'standard input is longer than any Dockerfile');
  }
  return Buffer.concat(chunks).toString('utf8');
}

const HEAD_BYTES = 512;

async function peeked(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; whole: AsyncIterable<Uint8Array> }> {
  const chunks = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    seen.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* seen;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  return { head: Buffer.concat(seen).subarray(0, HEAD_BYTES), whole: whole() };
}

/** Compressed, or with the mark of tar where it stands. */
function isArchive(head: Buffer): boolean {
  const begins = [
    [0x1f, 0x8b],
    [0x28, 0xb5, 0x2f, 0xfd],
    [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    [0x42, 0x5a, 0x68],
  ];
  return (
    begins.some((bytes) => head.subarray(0, bytes.length).equals(Buffer.from(bytes))) ||
    head.toString('latin1', 257, 262) === 'ustar'
  );
}

/** "name=value", or "name" for the host's own variable. @returns undefined for one that the host does not have */
export function readBuildArg(text: string, env: NodeJS.ProcessEnv): [name: string, value: string] | undefined {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    throw new TscontainError(
      'INVALID_VALUE',
      `--build-arg ${JSON.stringify(text)} cannot be: its name has letters, digits and _`,
      {
        hint: 'give NAME=value',
      },
    );
  const value = equals < 0 ? env[name] : text.slice(equals + 1);
  return value === undefined ? undefined : [name, value];
}

/** "id=NAME,src=FILE", "id=NAME,env=VARIABLE", "type=file,id=NAME,src=FILE"; without either, a variable or a file of that name. */
export function readSecret(
  text: string,
  env: NodeJS.ProcessEnv,
): [id: string, source: { file: string } | { value: string }] {
  const fields = new Map(
    text.split(',').map((field) => {
      const equals = field.indexOf('=');
      return equals < 0 ? [field, ''] : [field.slice(0, equals), field.slice(equals + 1)];
    }),
  );
  const wrong = (why: string) =>
    new TscontainError('INVALID_VALUE', `--secret ${JSON.stringify(text)} cannot be: ${why}`, {
      hint: 'give id=NAME,src=FILE or id=NAME,env=VARIABLE',
    });
  const unknown = [...fields.keys()].find((key) => !['type', 'id', 'src', 'source', 'env'].includes(key));
  if (unknown !== undefined) throw wrong(`it has no ${JSON.stringify(unknown)}`);
  const id = fields.get('id') ?? '';
  if (id === '') throw wrong('it has no id');
  const file = fields.get('src') ?? fields.get('source');
  const type = fields.get('type');
  const variable = fields.get('env') ?? (type === 'env' ? (file ?? id) : undefined);
  if (variable !== undefined || (type !== 'file' && file === undefined && env[id] !== undefined)) {
    const value = env[variable ?? id];
    if (value === undefined) throw wrong(`there is no variable ${variable ?? id}`);
    return [id, { value }];
  }
  return [id, { file: resolve(file ?? id) }];
}

/** "name=directory". */
export function readNamedContext(text: string): [name: string, path: string] {
  const [, name, value = ''] = /^([A-Za-z0-9._/-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || isAddress(value) || /^(docker-image|oci-layout|target):/.test(value))
    throw new TscontainError(
      'INVALID_VALUE',
      `--build-context ${JSON.stringify(text)} cannot be: it is a name and a directory`,
      {
        hint: 'give NAME=DIRECTORY; an image is named in FROM or --from itself',
      },
    );
  return [name, resolve(value)];
}
