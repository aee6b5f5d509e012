// The images of the made-up machine: who shares what with whom, and pulls, pushes and builds that go on as made-up time passes.
import { TscontainError } from '../../src/engine/index.js';
import type {
  BuildNews,
  BuildRequest,
  ImageOrigin,
  ImageRow,
  ImagesPort,
  Prunable,
  Running,
} from '../../src/tui/images/port.js';
import { freedBytes, keyOf, prunable } from '../../src/tui/images/sharing.js';
import { DEBIAN, historyOf, imageOf, KINDS, type Kind } from './demo-image-kinds.js';
import { DEMO_NOW, idOf } from './demo-people.js';
import { DemoBlob, DemoBuild } from './demo-work.js';

const MiB = 1024 ** 2;
const DAY = 24 * 3_600_000;

/** Something that goes on while time passes. @returns whether it is over */
type Process = (ms: number) => boolean;

/** Layers of a download, compressed; the first is there already, one fails in the middle. */
const SIZES = [28.2, 41.5, 0.9, 3.2, 0.1, 12.7].map((mib) => mib * MiB);
const RETRIES = 1;
const AT_ONCE = 3;

export class DemoImages implements ImagesPort {
  private images: readonly ImageRow[];
  private readonly kinds = new Map<string, Kind>();
  private readonly processes = new Set<Process>();

  /** @param calls what was asked of the machine */
  constructor(
    private readonly calls: string[],
    private readonly clock: { now(): number },
    isEmpty: boolean,
  ) {
    const kinds = isEmpty ? [] : KINDS;
    this.images = kinds.map((kind) => imageOf(kind, DEMO_NOW));
    for (const kind of kinds) this.kinds.set(idOf(kind.as), kind);
  }

  advance(ms: number): void {
    for (const process of [...this.processes]) if (process(ms)) this.processes.delete(process);
  }

  list(): Promise<readonly ImageRow[]> {
    return Promise.resolve(this.images);
  }

  details(id: string): Promise<ImageOrigin> {
    const kind = this.kinds.get(id);
    if (kind === undefined)
      return Promise.reject(new TscontainError('NO_SUCH_IMAGE', `there is no image ${id.slice(0, 12)}`));
    return Promise.resolve({
      id,
      digest: `sha256:${idOf(`${kind.as} manifest`)}`,
      history: historyOf(kind.made, DEMO_NOW - kind.age),
    });
  }

  import(source: string, name: string): Promise<void> {
    this.calls.push(`import ${source} ${name}`);
    return Promise.resolve();
  }

  tag(source: string, name: string): Promise<void> {
    this.calls.push(`tag ${source} ${name}`);
    const image = this.images.find((one) => keyOf(one) === source || one.id === source);
    if (image === undefined) return Promise.reject(new TscontainError('NO_SUCH_IMAGE', `there is no image ${source}`));
    this.images = [...this.images.filter((one) => one.name !== name), { ...image, name }];
    return Promise.resolve();
  }

  remove(name: string): Promise<{ freedBytes: number }> {
    this.calls.push(`remove-image ${name}`);
    const going = this.images.filter((image) => keyOf(image) === name);
    const freed = freedBytes(this.images, going);
    this.images = this.images.filter((image) => !going.includes(image));
    return Promise.resolve({ freedBytes: freed });
  }

  prune(which: Prunable): Promise<{ removed: number; freedBytes: number }> {
    this.calls.push(`prune-images ${which}`);
    const going = prunable(this.images, [], which).filter(({ name }) => name !== 'base');
    const freed = freedBytes(this.images, going);
    this.images = this.images.filter((image) => !going.includes(image));
    return Promise.resolve({ removed: going.length, freedBytes: freed });
  }

  async pull(name: string, running: Running): Promise<void> {
    this.calls.push(`pull ${name}`);
    if (name.includes('missing')) {
      throw new TscontainError('NO_SUCH_IMAGE', `the registry has no image ${name}`, {
        hint: 'check the name and the tag',
      });
    }
    await this.moves(name, running, SIZES, true);
    const kind: Kind = {
      name,
      as: name,
      made: [...DEBIAN, [`RUN make ${name} # buildkit`, 96 * MiB]],
      age: 4 * DAY,
      config: { cmd: ['sh'] },
    };
    this.kinds.set(idOf(name), kind);
    this.images = [...this.images.filter((image) => image.name !== name), imageOf(kind, this.clock.now())];
  }

  async push(name: string, running: Running): Promise<void> {
    this.calls.push(`push ${name}`);
    await this.moves(name, running, SIZES.slice(0, 4), false);
  }

  async save(names: readonly string[], path: string, running: Running): Promise<void> {
    this.calls.push(`save ${names.join(' ')} to ${path}`);
    await this.moves(path, running, SIZES.slice(1, 3), false);
  }

  async load(path: string, running: Running): Promise<readonly string[]> {
    this.calls.push(`load ${path}`);
    await this.moves(path, running, SIZES.slice(1, 4), true);
    return ['team/web:3'];
  }

  async build(
    request: BuildRequest,
    { signal, onNews }: { readonly signal: AbortSignal; readonly onNews: (news: BuildNews) => void },
  ): Promise<void> {
    this.calls.push(`build ${request.directory}${request.tag === undefined ? '' : ` ${request.tag}`}`);
    const build = new DemoBuild(request, onNews);
    await this.until(signal, (ms) => build.advance(ms));
    if (build.hasFailed)
      throw new TscontainError('INVALID_VALUE', 'Dockerfile:9:1: RUN npm test ended with exit code 1', {
        hint: 'what it wrote says why',
      });
  }

  private moves(name: string, { signal, onEvent }: Running, sizes: readonly number[], unpacks: boolean): Promise<void> {
    const blobs = sizes.map(
      (size, i) => new DemoBlob(`${name} ${i}`, size, i === 0 && unpacks, i === RETRIES, unpacks, onEvent),
    );
    return this.until(signal, (ms) => {
      let moving = 0;
      for (const blob of blobs) if (!blob.isOver && moving++ < AT_ONCE) blob.advance(ms);
      return blobs.every(({ isOver }) => isOver);
    });
  }

  /** Goes on until it is over or called off. */
  private until(signal: AbortSignal, process: Process): Promise<void> {
    return new Promise((resolve, reject) => {
      const step: Process = (ms) => {
        if (signal.aborted) return true;
        const isOver = process(ms);
        if (isOver) resolve();
        return isOver;
      };
      signal.addEventListener('abort', () => {
        this.processes.delete(step);
        reject(new Error('called off'));
      });
      this.processes.add(step);
      step(0);
    });
  }
}
