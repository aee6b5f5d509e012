// Which files a set of programs needs to run: their loaders and shared libraries, found as the loader finds them (ld.so(8))
// but by reading. Tests: test/container/image-base.test.ts.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readElf, type ElfNeeds } from './elf.js';

/** A file of the host and where it belongs in the image. */
export interface FilePlan {
  /** real path on the host */
  readonly source: string;
  /** absolute path in the image */
  readonly target: string;
}

/** What loaders look through without being told. */
const DEFAULT_DIRECTORIES = ['/lib', '/usr/lib', '/lib64', '/usr/lib64'];
/** Debian's loaders look there too, and say so nowhere. */
const TRIPLETS: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };
const CONFIGURATION = '/etc/ld.so.conf';

function builtInDirectories(): string[] {
  const triplet = TRIPLETS[process.arch];
  return triplet === undefined
    ? DEFAULT_DIRECTORIES
    : [`/lib/${triplet}`, `/usr/lib/${triplet}`, ...DEFAULT_DIRECTORIES];
}

/** Directories of ld.so.conf, which may include others by a pattern in the last component. */
function configuredDirectories(path: string, depth = 0): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [first = '', second] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (first === 'include' && second !== undefined) {
      return depth > 4
        ? []
        : matching(join(dirname(path), second.startsWith('/') ? '' : '.', second)).flatMap((file) =>
            configuredDirectories(file, depth + 1),
          );
    }
    return first.startsWith('/') ? [first] : [];
  });
}

function matching(pattern: string): string[] {
  const wanted = new RegExp(
    `^${basename(pattern)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')}$`,
  );
  try {
    return readdirSync(dirname(pattern))
      .filter((name) => wanted.test(name))
      .sort()
      .map((name) => join(dirname(pattern), name));
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Finds libraries once each; a name means one file for all programs, as it does in the image. */
export class Libraries {
  readonly #plans = new Map<string, FilePlan>();
  readonly #builtIn = builtInDirectories();
  readonly #configured = configuredDirectories(CONFIGURATION);

  /** Adds what the program at this real path needs. What cannot be found is left out, and the program will say so itself. */
  async add(program: string): Promise<void> {
    const elf = readElf(await readFile(program));
    if (elf === undefined) return;
    if (elf.interpreter !== undefined) {
      const source = realPath(elf.interpreter);
      if (source !== undefined) this.#plans.set(elf.interpreter, { source, target: elf.interpreter });
    }
    await this.#addLibraries(elf, program);
  }

  plans(): FilePlan[] {
    return [...this.#plans.values()];
  }

  async #addLibraries(elf: ElfNeeds, requester: string): Promise<void> {
    for (const name of elf.libraries) {
      if (name.includes('/') || this.#plans.has(name)) continue;
      const found = await this.#find(name, elf, requester);
      if (found === undefined) continue;
      this.#plans.set(name, found.plan);
      await this.#addLibraries(found.elf, found.plan.source);
    }
  }

  async #find(
    name: string,
    { searchPath, class: width, machine }: ElfNeeds,
    requester: string,
  ): Promise<{ plan: FilePlan; elf: ElfNeeds } | undefined> {
    const own = searchPath.map((path) => path.replace(/\$ORIGIN|\$\{ORIGIN\}/g, dirname(requester)));
    for (const directory of [...own, ...this.#builtIn, ...this.#configured]) {
      const source = realPath(join(directory, name));
      const elf = source === undefined ? undefined : readElf(await readFile(source));
      if (elf?.class !== width || elf.machine !== machine || source === undefined) continue;
      // Directories of the host's ld.so.conf are not known in the image, which has none.
      const isKnown = own.includes(directory) || this.#builtIn.includes(directory);
      return { elf, plan: { source, target: join(isKnown ? directory : this.#builtIn[0]!, name) } };
    }
    return undefined;
  }
}
