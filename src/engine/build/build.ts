// A build from its Dockerfile to its image. Stages are promises: one that nobody asks for is never begun, and those that do not wait
// for one another are under way at the same time. The first step that fails ends all others, and nothing of theirs is kept but whole
// layers in the cache. Tests: test/container/build.
import { availableParallelism } from 'node:os';
import { isTscontainError } from '../errors.js';
import type { Lease } from '../image/content/model.js';
import { keepImage } from '../image/keep.js';
import type { ImageConfiguration, Platform } from '../image/oci.js';
import { hostPlatform, parsePlatform } from '../image/platform.js';
import { familiarName, imageName } from '../image/reference.js';
import { fileError } from '../state/file-errors.js';
import { baseImage, type BaseImage } from './bases.js';
import { StepCache } from './cache.js';
import { openBuild, openNamedContext, type Context, type OpenedBuild } from './context.js';
import { parseDockerfile } from './dockerfile/parse.js';
import { BuildError, excerptOf, placeOf } from './dockerfile/position.js';
import { evaluateStage } from './evaluate.js';
import { keyOfImage } from './key.js';
import type { BuildResult, BuildWishes } from './model.js';
import { Performer, type BuildParts, type Origins } from './perform.js';
import { Reporter, titleOf, type StepReport } from './reporter.js';
import { platformArgs } from './scope.js';
import { afterStep, emptyStage, stageOf, type StageResult } from './stage-result.js';
import { planStages, type Origin, type Stage, type StagePlan } from './stages.js';
import type { Step } from './step.js';
import { openWorkPlace } from './workshop.js';

export type { BuildParts } from './perform.js';

/** @throws BuildError, TscontainError */
export async function build(parts: BuildParts, wishes: BuildWishes): Promise<BuildResult> {
  // Names that cannot be are refused before an hour has passed.
  const names = (wishes.tags ?? []).map((tag) => imageName(tag));
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  if (wishes.signal?.aborted === true) stop();
  wishes.signal?.addEventListener('abort', stop);
  const place = openWorkPlace(parts.root);
  const contexts = new Map<string, Context>();
  let opened: OpenedBuild | undefined;
  let lease: Lease | undefined;
  try {
    lease = await parts.content.lease();
    for (const [name, path] of wishes.contexts ?? [])
      contexts.set(name.toLowerCase(), openNamedContext(parts.root, path));
    opened = await openBuild(parts.root, place.directory, wishes);
    const reporter = new Reporter(wishes.onEvent, stopping.signal);
    const ground = { opened, contexts, reporter, stopping, lease, place: place.directory };
    return await new Builder(parts, wishes, ground).run(names);
  } catch (error) {
    if (wishes.signal?.aborted === true)
      throw new BuildError('BUILD_FAILED', 'the build was stopped', { cause: error });
    throw fileError(error, 'build the image');
  } finally {
    wishes.signal?.removeEventListener('abort', stop);
    for (const context of [opened?.context, ...contexts.values()]) {
      await context?.hashes?.save();
      context?.tree.close();
    }
    await place.close();
    await lease?.close();
  }
}

interface Ground {
  readonly opened: OpenedBuild;
  readonly contexts: ReadonlyMap<string, Context>;
  readonly reporter: Reporter;
  readonly stopping: AbortController;
  readonly lease: Lease;
  readonly place: string;
}

class Builder implements Origins {
  readonly #plan: StagePlan;
  readonly #performer: Performer;
  readonly #cache: StepCache;
  readonly #platform: Platform;
  readonly #stages = new Map<number, Promise<StageResult>>();
  readonly #images = new Map<string, Promise<BaseImage>>();
  readonly #contextNames: ReadonlySet<string>;
  #failure: unknown;

  constructor(
    private readonly parts: BuildParts,
    private readonly wishes: BuildWishes,
    private readonly ground: Ground,
  ) {
    const { opened, contexts, reporter, stopping, place, lease } = ground;
    const dockerfile = parseDockerfile(opened.name, opened.text);
    reporter.warn(dockerfile.source, dockerfile.warnings);
    this.#platform = wishes.platform === undefined ? hostPlatform() : parsePlatform(wishes.platform);
    this.#contextNames = new Set(contexts.keys());
    this.#plan = planStages(dockerfile, {
      given: wishes.args ?? new Map<string, string>(),
      platform: platformArgs(hostPlatform(), this.#platform),
      contexts: this.#contextNames,
      ...(wishes.target === undefined ? {} : { target: wishes.target }),
    });
    reporter.warn(dockerfile.source, this.#plan.warnings);
    this.#cache = new StepCache(parts.root, parts.content);
    this.#performer = new Performer(parts, this, {
      place,
      signal: stopping.signal,
      lease,
      cache: this.#cache,
      context: opened.context,
      wishes,
      most: Math.max(2, availableParallelism()),
    });
  }

  async run(names: readonly string[]): Promise<BuildResult> {
    const { reporter } = this.ground;
    const result = await this.#stage(this.#plan.target.index)
      .catch((error: unknown) => {
        this.ground.stopping.abort();
        throw error;
      })
      .finally(() => this.#settled())
      .catch((error: unknown) => {
        // The first to fail says why: those that it stopped have nothing to say.
        throw this.#failure ?? error;
      });
    const { id } = await reporter.step('exporting to image', async () => {
      const value = await this.#keep(result, names);
      return { isCached: false, value };
    });
    const { warnings, steps, cached } = reporter;
    return { id: `sha256:${id}`, names: names.map(familiarName), steps, cached, warnings };
  }

  /** Nothing goes on behind our back, whatever the end. */
  async #settled(): Promise<void> {
    await Promise.allSettled([...this.#stages.values(), ...this.#images.values()]);
  }

  #stage(index: number): Promise<StageResult> {
    const known = this.#stages.get(index);
    if (known !== undefined) return known;
    const making = this.#make(this.#plan.stages[index]!).catch((error: unknown) => {
      if (!this.ground.stopping.signal.aborted) this.#failure = error;
      this.ground.stopping.abort();
      throw error;
    });
    // It may be asked for later, or by nobody any more.
    making.catch(() => undefined);
    this.#stages.set(index, making);
    return making;
  }

  async #make(stage: Stage): Promise<StageResult> {
    const { reporter } = this.ground;
    const named = this.#plan.stages.length > 1 ? (stage.name ?? `stage-${stage.index}`) : undefined;
    const base = await this.#begin(stage, (count, action) =>
      reporter.step(titleOf(named, 1, count, stage.from.text), action),
    );
    const { steps, warnings } = evaluateStage(
      this.#plan,
      stage,
      { config: base.config, baseName: stage.from.image.text },
      this.#contextNames,
    );
    reporter.warn(this.#plan.dockerfile.source, warnings);
    this.#demand(steps);
    const count = 1 + steps.filter(({ work }) => work.kind !== 'nothing').length;
    let result = base;
    let index = 1;
    for (const step of steps) {
      this.ground.stopping.signal.throwIfAborted();
      if (step.work.kind === 'nothing') {
        result = afterStep(result, step);
        continue;
      }
      index += 1;
      const title = titleOf(named, index, count, step.instruction.text);
      const before = result;
      const made = await reporter.step(title, (report) => this.#perform(before, step, report));
      result = afterStep(result, step, made);
    }
    return result;
  }

  /** What the stage begins with. The number of its steps is known only after. */
  async #begin(
    stage: Stage,
    report: <T>(count: number, action: (report: StepReport) => Promise<{ isCached: boolean; value: T }>) => Promise<T>,
  ): Promise<StageResult> {
    const { base } = stage;
    switch (base.kind) {
      case 'scratch':
        return emptyStage(this.#platform);
      case 'stage':
        return this.#stage(base.stage);
      case 'context':
        throw this.#at(
          stage,
          new BuildError('INVALID_VALUE', `the context ${base.name} is a directory, and a stage begins with an image`),
        );
      case 'image': {
        const count = 1 + stage.instructions.filter(({ keyword }) => MAKES_LAYERS.has(keyword)).length;
        const image = await report(count, async (step) => {
          const value = await this.#image(base, step).catch((error: unknown) => {
            throw this.#at(stage, error);
          });
          return { isCached: false, value };
        });
        return stageOf(image);
      }
    }
  }

  /** An error of a FROM, with the place of that. */
  #at(stage: Stage, error: unknown): unknown {
    if (!isTscontainError(error) || error instanceof BuildError) return error;
    const { source } = this.#plan.dockerfile;
    const { position } = stage.from.image;
    return new BuildError(error.code, `${placeOf(source, position)}: ${error.message}`, {
      cause: error,
      position,
      excerpt: excerptOf(source, position, stage.from.image.text.length),
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }

  #image(origin: Extract<Origin, { kind: 'image' }>, report?: StepReport): Promise<BaseImage> {
    const { name, platform } = origin;
    const key = JSON.stringify([name, platform]);
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const { content, summaries } = this.parts;
    const { lease } = this.ground;
    const bases = { content, summaries, lease, pull: this.parts.pull };
    const finding = baseImage(bases, name, {
      platform: this.#platform,
      ...(platform === undefined ? {} : { ownPlatform: platform }),
      isFresh: this.wishes.pull === true,
      signal: this.ground.stopping.signal,
      onTransfer: (event) => report?.transfer(event),
    });
    this.#images.set(key, finding);
    return finding;
  }

  /** Begins the stages and images that steps will want, before they do. */
  #demand(steps: readonly Step[]): void {
    for (const { work } of steps) {
      const origins =
        work.kind === 'copy' ? [work.from] : work.kind === 'run' ? work.mounts.map(({ from }) => from) : [];
      for (const origin of origins) {
        if (origin?.kind === 'stage') void this.#stage(origin.stage);
        if (origin?.kind === 'image') this.#image(origin).catch(() => undefined);
      }
    }
  }

  async #perform(before: StageResult, step: Step, report: StepReport) {
    const { reporter } = this.ground;
    reporter.steps += 1;
    const { isCached, value } = await this.#performer.perform(before, step, report);
    if (isCached) reporter.cached += 1;
    return { isCached, value };
  }

  async layersOf(origin: Exclude<Origin, { kind: 'context' }>): Promise<{ trees: readonly string[]; id: string }> {
    if (origin.kind === 'scratch') return { trees: [], id: 'scratch' };
    const { layers, trees } = origin.kind === 'stage' ? await this.#stage(origin.stage) : await this.#image(origin);
    return { trees, id: layers.at(-1)?.chainId ?? 'scratch' };
  }

  context(name: string): Context {
    return this.ground.contexts.get(name)!;
  }

  async #keep(result: StageResult, names: readonly string[]): Promise<{ id: string }> {
    const { content } = this.parts;
    const labels = Object.fromEntries(this.wishes.labels ?? []);
    const config = { ...result.config, labels: { ...result.config.labels, ...labels } };
    const description = { ...result, trees: undefined, config };
    // The same image as before is the same to the second, so that nothing is new where nothing has changed.
    const key = keyOfImage(description);
    const known = this.wishes.noCache === true ? undefined : this.#cache.get(key);
    const created = known?.created ?? new Date().toISOString();
    const configuration: ImageConfiguration = {
      created,
      ...(result.author === undefined ? {} : { author: result.author }),
      platform: result.platform,
      config,
      diffIds: result.layers.map(({ diffId }) => diffId),
      history: result.history.map((entry) => ({ created, ...entry })),
    };
    if (known === undefined) await this.#cache.put(key, { created });
    return keepImage(content, { configuration, layers: result.layers.map(({ blob }) => blob), names });
  }
}

const MAKES_LAYERS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);
