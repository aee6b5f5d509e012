// Builds in tests: a context made of a few words, a build in it, and what it told.
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BuildEvent, BuildResult, BuildWishes, Engine } from '../../src/engine/index.js';
import type { EngineHouse } from './engine-house.js';

/** Path → content; a path that ends with "/" is a directory, "-> target" as content a link, "#!" makes a program. */
export type Files = Readonly<Record<string, string>>;

export function writeFiles(directory: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const whole = join(directory, path);
    mkdirSync(path.endsWith('/') ? whole : dirname(whole), { recursive: true });
    if (path.endsWith('/')) continue;
    if (content.startsWith('-> ')) symlinkSync(content.slice(3), whole);
    else writeFileSync(whole, content);
    if (content.startsWith('#!')) chmodSync(whole, 0o755);
  }
  return directory;
}

/** A directory below the root of the house, gone with it. */
export const contextIn = (root: string, files: Files): string => writeFiles(mkdtempSync(join(root, 'context-')), files);

export interface Built extends BuildResult {
  readonly events: readonly BuildEvent[];
  /** the instructions of the steps, in the order in which they ended: "CACHED RUN make", "RUN make" */
  readonly ended: readonly string[];
  /** everything that RUN said */
  readonly output: string;
}

/** A build of a Dockerfile with these files beside it. */
export function buildOf(
  house: EngineHouse,
  dockerfile: string,
  files: Files = {},
  wishes: Partial<BuildWishes> = {},
): Promise<Built> {
  return buildIn(house.engine, contextIn(house.root, { Dockerfile: dockerfile, ...files }), wishes);
}

export async function buildIn(engine: Engine, path: string, wishes: Partial<BuildWishes> = {}): Promise<Built> {
  const events: BuildEvent[] = [];
  const result = await engine.build({
    context: { kind: 'directory', path },
    onEvent: (event) => events.push(event),
    ...wishes,
  });
  return { ...result, events, ended: endedOf(events), output: outputOf(events) };
}

export function endedOf(events: readonly BuildEvent[]): string[] {
  const titles = new Map(events.flatMap((event) => (event.kind === 'begin' ? [[event.step, event.title]] : [])));
  return events.flatMap((event) => {
    if (event.kind !== 'end') return [];
    const title = titles.get(event.step)!.replace(/^\[[^\]]*\] /, '');
    const isStep = title !== 'exporting to image' && !title.startsWith('FROM');
    return isStep ? [`${event.how === 'done' ? '' : `${event.how.toUpperCase()} `}${title}`] : [];
  });
}

export const outputOf = (events: readonly BuildEvent[]): string =>
  events.flatMap((event) => (event.kind === 'output' ? [event.data.toString('utf8')] : [])).join('');

/** What a command says in a container of the image. */
export async function said(house: EngineHouse, image: string, ...cmd: string[]): Promise<string> {
  const { id } = await house.engine.create({ image, ...(cmd.length === 0 ? {} : { cmd }) });
  await house.engine.start(id);
  await house.engine.wait(id);
  const text = house.lines(id).join('\n');
  await house.engine.remove(id, { force: true });
  return text;
}
