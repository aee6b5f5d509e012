// Does one step, unless the cache knows what comes of it: the key is made of what it is done with, the layer of what it leaves.
import { closeSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { O_NONBLOCK, O_RDONLY } from '../../native/index.js';
import type { CgroupDriver } from '../cgroup/index.js';
import { isTscontainError, TscontainError } from '../errors.js';
import type { Lease } from '../image/content/model.js';
import type { ContentParts } from '../image/content/open.js';
import type { Summaries } from '../image/summaries.js';
import { openArchive } from './archive-source.js';
import type { PullWishes } from './bases.js';
import { bytesOf } from './bytes-of.js';
import type { CachedStep, StepCache } from './cache.js';
import type { Context } from './context.js';
import { copyInto, dressLike, makeDirectoryIn, type Archives, type LayerTarget, type LooseFile } from './copy-layer.js';
import { digestOf } from './digest.js';
import { BuildError, excerptOf, placeOf } from './dockerfile/position.js';
import { Download } from './download.js';
import { gather } from './gather.js';
import { keyOfCopy, keyOfDirectory, keyOfRun, type StepKey } from './key.js';
import type { BuildWishes } from './model.js';
import type { StepReport } from './reporter.js';
import { runInLayer } from './run-layer.js';
import type { MountOrigin } from './run-mounts.js';
import { Slots } from './slots.js';
import { chainOf, type StageResult } from './stage-result.js';
import type { Origin } from './stages.js';
import type { CopyWork, DirectoryWork, ExpandedMount, RunWork, Step } from './step.js';
import { Tree } from './tree.js';

export interface BuildParts {
  /** directory of all state */
  readonly root: string;
  readonly driver: CgroupDriver;
  readonly content: ContentParts;
  readonly summaries: Summaries;
  readonly pull: (name: string, wishes: PullWishes) => Promise<void>;
}

/** Where steps get files that are not of the context. */
export interface Origins {
  /** `id` identifies them */
  layersOf(
    origin: Exclude<Origin, { kind: 'context' }>,
  ): Promise<{ readonly trees: readonly string[]; readonly id: string }>;
  context(name: string): Context;
}

export interface PerformOptions {
  /** a directory of this build alone */
  readonly place: string;
  readonly signal: AbortSignal;
  readonly lease: Lease;
  readonly cache: StepCache;
  readonly context: Context | undefined;
  readonly wishes: BuildWishes;
  /** steps at once */
  readonly most: number;
}

export type Made = CachedStep & { readonly tree?: string };

export class Performer {
  /** Of steps that are the same in two stages, one is done. */
  readonly #underWay = new Map<StepKey, Promise<Made>>();
  readonly #slots: Slots;
  #count = 0;

  constructor(
    private readonly parts: BuildParts,
    private readonly origins: Origins,
    private readonly options: PerformOptions,
  ) {
    this.#slots = new Slots(options.most);
  }

  /** @throws BuildError with the place of the step */
  async perform(before: StageResult, step: Step, report: StepReport): Promise<{ isCached: boolean; value: Made }> {
    try {
      const { work } = step;
      if (work.kind === 'run') return await this.#run(before, step, work, report);
      if (work.kind === 'copy') return await this.#copy(before, work);
      return await this.#directory(before, work as DirectoryWork);
    } catch (error) {
      throw located(error, step);
    }
  }

  /** What the cache has for one of the keys; else what `make` leaves in an upper directory, kept under all of them. */
  async #cachedOr(
    before: StageResult,
    keys: readonly StepKey[],
    make: (target: LayerTarget) => Promise<boolean>,
  ): Promise<{ isCached: boolean; value: Made }> {
    for (const key of keys) {
      const known = await this.#lookUp(key);
      if (known === undefined) continue;
      // By the quick key it is found sooner the next time.
      if (key !== keys[0]) await this.options.cache.put(keys[0]!, known);
      return { isCached: true, value: this.#withTree(known) };
    }
    const [key] = keys as [StepKey];
    const making = this.#underWay.get(key);
    if (making !== undefined) return { isCached: true, value: await making };
    const value = this.#slots.take(() => this.#make(before, keys, make));
    this.#underWay.set(key, value);
    value.catch(() => undefined);
    return { isCached: false, value: await value };
  }

  /** What is found is held, so that no prune takes it away before the image is there. */
  async #lookUp(key: StepKey): Promise<CachedStep | undefined> {
    const { cache, lease, wishes } = this.options;
    if (wishes.noCache === true) return undefined;
    const { layer } = cache.get(key) ?? {};
    if (layer !== undefined) await lease.add(layer.chainId, layer.blob.digest);
    return cache.get(key);
  }

  #withTree(step: CachedStep): Made {
    return step.layer === undefined ? step : { ...step, tree: this.parts.content.layers.get(step.layer.chainId)!.tree };
  }

  async #make(
    before: StageResult,
    keys: readonly StepKey[],
    make: (target: LayerTarget) => Promise<boolean>,
  ): Promise<Made> {
    const { content } = this.parts;
    const staged = await content.layers.stage();
    const work = this.#newDirectory('work');
    try {
      dressLike(staged.tree, before.trees.at(-1));
      const hasMade = await make({ below: before.trees, upper: staged.tree, work });
      this.options.signal.throwIfAborted();
      let step: CachedStep = { created: new Date().toISOString() };
      if (hasMade) {
        const { layer, blob } = await content.layers.adopt(staged, chainOf(before));
        step = { ...step, layer: { chainId: layer.chainId, diffId: layer.diffId, blob } };
      }
      for (const key of keys) await this.options.cache.put(key, step);
      return this.#withTree(step);
    } finally {
      await rm(work, { recursive: true, force: true });
      await staged.close();
    }
  }

  #newDirectory(what: string): string {
    this.#count += 1;
    const path = join(this.options.place, `${what}-${this.#count}`);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }

  async #directory(before: StageResult, work: DirectoryWork) {
    const key = keyOfDirectory(chainOf(before), work);
    return this.#cachedOr(before, [key], (target) => makeDirectoryIn(target, work));
  }

  async #run(before: StageResult, step: Step, work: RunWork, report: StepReport) {
    const { wishes, signal } = this.options;
    const network = work.network === 'default' ? (wishes.network ?? 'host') : work.network;
    const origins = new Map<ExpandedMount, MountOrigin & { id: string }>();
    for (const mount of work.mounts) origins.set(mount, await this.#mountOrigin(mount));
    const inputs = work.mounts.filter(({ type }) => type === 'bind').map((mount) => origins.get(mount)!.id);
    const key = keyOfRun(chainOf(before), work, inputs, network);
    return this.#cachedOr(before, [key], async (target) => {
      const exitCode = await runInLayer(
        work,
        {
          root: this.parts.root,
          driver: this.parts.driver,
          below: target.below,
          network,
          extraHosts: wishes.extraHosts ?? [],
          secrets: wishes.secrets ?? new Map<string, never>(),
          originOf: (mount) => origins.get(mount)!,
          signal,
          onOutput: (stream, data) => report.output(stream, data),
        },
        // Both are on the file system of the state: the layer is there by one rename.
        (upper) => rename(upper, target.upper),
      );
      signal.throwIfAborted();
      if (exitCode !== 0) throw failed(step, work, exitCode, report.lastLines);
      return true;
    });
  }

  async #mountOrigin(mount: ExpandedMount): Promise<MountOrigin & { id: string }> {
    const { from, type, source = '.' } = mount;
    if (from?.kind === 'context' || (from === undefined && type === 'bind')) {
      const context = from === undefined ? this.#requireContext('to mount') : this.origins.context(from.name);
      const [found] = context.tree.find(source.replace(/[*?[\\]/g, '\\$&'));
      const id =
        found === undefined
          ? ''
          : await digestOf(context.tree, { ...found, source }, { excludes: [], ...hashesOf(context) });
      return { tree: context.tree, id };
    }
    if (from === undefined) return { layers: [], id: '' };
    const { trees, id } = await this.origins.layersOf(from);
    return { layers: trees, id };
  }

  #requireContext(what: string): Context {
    const { context } = this.options;
    if (context !== undefined) return context;
    throw new TscontainError('INVALID_VALUE', `this build has no files ${what}`, {
      hint: 'give it a directory instead of only a Dockerfile',
    });
  }

  async #copy(before: StageResult, work: CopyWork) {
    const downloads = work.urls.map(
      (url) =>
        new Download(this.parts.root, this.options.place, url, {
          signal: this.options.signal,
          ...(work.checksum === undefined ? {} : { checksum: work.checksum }),
        }),
    );
    const fetched = await Promise.all(downloads.map(async (each) => `${each.url} ${await each.digest()}`));
    const { from } = work;
    if (from === undefined || from.kind === 'context') {
      const context =
        from === undefined
          ? work.sources.length > 0
            ? this.#requireContext('to copy')
            : undefined
          : this.origins.context(from.name);
      const inputs = context === undefined ? [] : await this.#digests(context.tree, work, hashesOf(context));
      const key = keyOfCopy(chainOf(before), work, [...inputs, ...fetched]);
      return this.#cachedOr(before, [key], (target) => this.#copyFrom(target, work, context?.tree, downloads));
    }
    const { trees, id } = await this.origins.layersOf(from);
    const quick = keyOfCopy(chainOf(before), work, [id]);
    const known = await this.#lookUp(quick);
    if (known !== undefined) return { isCached: true, value: this.#withTree(known) };
    const tree = trees.length === 0 ? undefined : Tree.ofLayers(trees);
    try {
      if (tree === undefined)
        throw new TscontainError('NO_SUCH_PATH', 'there is nothing in what --from names', {
          hint: 'copy from a stage or an image that has files',
        });
      // A stage that was made anew may hold the same files.
      const inputs = await this.#digests(tree, work, {});
      const key = keyOfCopy(chainOf(before), work, inputs);
      return await this.#cachedOr(before, [quick, key], (target) => this.#copyFrom(target, work, tree, []));
    } finally {
      tree?.close();
    }
  }

  async #digests(tree: Tree, work: CopyWork, hashes: ReturnType<typeof hashesOf>): Promise<string[]> {
    const digests: string[] = [];
    for (const each of gather(tree, work))
      digests.push(await digestOf(tree, each, { excludes: work.excludes, ...hashes }));
    return digests;
  }

  async #copyFrom(
    target: LayerTarget,
    work: CopyWork,
    tree: Tree | undefined,
    downloads: readonly Download[],
  ): Promise<boolean> {
    const loose: LooseFile[] = [];
    for (const download of downloads) {
      const file = await download.file();
      const archive = () => openArchive(file.body(), download.url);
      loose.push(work.unpack === 'all' ? { ...file, archive } : file);
    }
    for (const { path, content } of work.inline) {
      const bytes = Buffer.from(content);
      const modifiedNs = BigInt(Date.now()) * 1_000_000n;
      loose.push({ name: path, mode: 0o644, modifiedNs, size: bytes.length, body: () => once(bytes) });
    }
    const archives: Archives = { open: (source, found) => this.#archive(work, source, found) };
    await copyInto(target, work, { tree, loose, archives });
    return true;
  }

  /** What ADD unpacks: archives of the context, whatever they are called. */
  async #archive({ unpack }: CopyWork, tree: Tree, found: { readonly path: string; readonly isDirectory: boolean }) {
    if (unpack === 'none' || found.isDirectory) return undefined;
    const fd = tree.open(found.path, O_RDONLY | O_NONBLOCK);
    if (fd === undefined) return undefined;
    return openArchive(closing(bytesOf(fd), fd), found.path);
  }
}

async function* closing(bytes: AsyncIterable<Buffer>, fd: number): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } finally {
    closeSync(fd);
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield await Promise.resolve(bytes);
}

const hashesOf = ({ hashes }: Context): { hashes?: NonNullable<Context['hashes']> } =>
  hashes === undefined ? {} : { hashes };

function failed(
  { instruction, source }: Step,
  { argv }: RunWork,
  exitCode: number | undefined,
  lastLines: string,
): BuildError {
  const command = argv.join(' ').split('\n', 1)[0]!.slice(0, 80);
  const said = lastLines === '' ? '' : `\n\n${lastLines}`;
  return new BuildError(
    'BUILD_FAILED',
    `${placeOf(source, instruction.position)}: ${JSON.stringify(command)} ended with ${exitCode ?? 'nothing known'}`,
    {
      position: instruction.position,
      excerpt: excerptOf(source, instruction.position, instruction.keyword.length) + said,
      ...(exitCode === undefined ? {} : { exitCode }),
    },
  );
}

/** An error of a step, with the place of that. */
function located(error: unknown, { instruction, source }: Step): unknown {
  if (!isTscontainError(error) || error instanceof BuildError) return error;
  const { position, keyword } = instruction;
  return new BuildError(error.code, `${placeOf(source, position)}: ${error.message}`, {
    cause: error,
    position,
    excerpt: excerptOf(source, position, keyword.length),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}
