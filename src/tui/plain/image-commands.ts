// Images in the plain text mode: sentences about them, and pulls, pushes and builds that go on while one listens to something else.
import { shareOf, TransferTally, type OnTransfer } from '../../engine/index.js';
import type { ImagesPort, ImageRow } from '../images/port.js';
import { freedBytes, goneWith, nameOf, prunable, sharedBytes, usersOf } from '../images/sharing.js';
import type { Container } from '../../engine/index.js';
import { sentenceOf } from '../effects/failure.js';
import { historyRows, imageFacts } from '../present/image.js';
import { pruneLines, removalLines } from '../present/image-removal.js';
import { plural } from '../present/units.js';
import type { Command } from './commands.js';
import { bytesWords, timeWords } from './sentences.js';

/** What is handed in by who talks to the person. */
export interface ImageTalk {
  readonly images: ImagesPort;
  readonly containers: () => readonly Container[];
  readonly clock: { now(): number };
  readonly readOnly: boolean;
  /** answers what was typed */
  readonly say: (line: string) => void;
  /** tells what happens, among others */
  readonly announce: (sentence: string) => void;
  /** says what would be done; it is done when the next line is yes */
  readonly ask: (what: string, lines: readonly string[], act: () => Promise<void>) => void;
}

/** Of a transfer that goes on, so often is told how far it is. */
const TOLD_SHARES = 4;
const MOST_OUTPUT_LINES = 20;

/** "nginx:1.27: 188 mebibytes, 117 mebibytes of it shared, used by web, made 30 days ago." */
export function imageLine(
  list: readonly ImageRow[],
  image: ImageRow,
  containers: readonly Container[],
  now: number,
): string {
  const shared = sharedBytes(list, image);
  const users = usersOf(containers, image.id).map(({ config }) => config.name);
  const parts = [
    bytesWords(image.sizeBytes),
    ...(shared > 0 ? [`${bytesWords(shared)} of it shared`] : []),
    users.length === 0 ? 'not used' : `used by ${users.join(', ')}`,
    ...(image.created === undefined ? [] : [`made ${timeWords(now - Date.parse(image.created))} ago`]),
  ];
  return `${image.name ?? `no name, ${nameOf(image)}`}: ${parts.join(', ')}.`;
}

export class ImageCommands {
  private readonly running = new Map<string, AbortController>();

  constructor(private readonly talk: ImageTalk) {}

  /** @returns whether the word is one about images */
  async carryOut({ word, name = '', other, text = '' }: Command): Promise<boolean> {
    switch (word) {
      case 'images':
        await this.list(text);
        return true;
      case 'image':
        await this.show(name);
        return true;
      case 'history':
        await this.history(name);
        return true;
      case 'pull':
      case 'push':
        this.begin(`${word} ${name}`, (signal) =>
          this.moves(`${word} ${name}`, (onEvent) => this.talk.images[word](name, { signal, onEvent })),
        );
        return true;
      case 'save':
        this.begin(`save ${name}`, (signal) =>
          this.moves(`save ${name}`, (onEvent) => this.talk.images.save([name], other ?? '', { signal, onEvent })),
        );
        return true;
      case 'load':
        this.begin(`load ${name}`, (signal) =>
          this.moves(`load ${name}`, async (onEvent) => {
            await this.talk.images.load(name, { signal, onEvent });
          }),
        );
        return true;
      case 'build':
        this.begin(`build ${name}`, (signal) => this.build(name, other, signal));
        return true;
      case 'tag':
        await this.talk.images.tag(name, other ?? '');
        this.talk.say(`Done: ${name} is ${other ?? ''} too.`);
        return true;
      case 'untag':
        await this.remove(name);
        return true;
      case 'prune':
        await this.prune();
        return true;
      case 'cancel': {
        this.cancel();
        return true;
      }
      default:
        return false;
    }
  }

  /** What goes on is called off. */
  close(): void {
    for (const aborting of this.running.values()) aborting.abort();
  }

  private async find(name: string): Promise<{ list: readonly ImageRow[]; image: ImageRow | undefined }> {
    const list = await this.talk.images.list();
    const image =
      list.find((one) => one.name === name) ?? list.find(({ id }) => name.length >= 4 && id.startsWith(name));
    if (image === undefined) this.talk.say(`There is no image ${name}. Type images to hear which there are.`);
    return { list, image };
  }

  private async list(text: string): Promise<void> {
    const { talk } = this;
    const list = await talk.images.list();
    const shown = list
      .filter(({ name, id }) => `${name ?? ''} ${id}`.toLowerCase().includes(text.toLowerCase()))
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    if (shown.length === 0)
      talk.say(text === '' ? 'There are no images. Type pull and a name.' : `No image has ${text}.`);
    for (const image of shown) talk.say(imageLine(list, image, talk.containers(), talk.clock.now()));
  }

  private async show(name: string): Promise<void> {
    const { list, image } = await this.find(name);
    if (image === undefined) return;
    const details = await this.talk.images.details(image.id);
    let label = '';
    for (const fact of imageFacts(list, image, details, this.talk.containers(), this.talk.clock.now())) {
      label = fact.label === '' ? label : fact.label;
      this.talk.say(`${label}: ${fact.value}`);
    }
  }

  private async history(name: string): Promise<void> {
    const { list, image } = await this.find(name);
    if (image === undefined) return;
    const details = await this.talk.images.details(image.id);
    for (const { line, instruction, sharers } of historyRows(list, image, details)) {
      const size = line.layer === undefined ? 'changes no file' : bytesWords(line.layer.sizeBytes);
      const shared = sharers.length === 0 ? '' : `, shared with ${sharers.join(', ')}`;
      this.talk.say(`${instruction.word} ${instruction.rest}: ${size}${shared}.`.trimStart());
    }
  }

  private async remove(name: string): Promise<void> {
    const { list, image } = await this.find(name);
    if (image === undefined) return;
    const users = usersOf(this.talk.containers(), image.id).map(({ config }) => config.name);
    if (users.length > 0 && goneWith(list, [image]).size > 0) {
      this.talk.say(`${name} is used by ${users.join(', ')}: remove ${users.length > 1 ? 'those' : 'that'} first.`);
      return;
    }
    const lines = removalLines(list, [image], []).map(({ text }) => text.replaceAll(/ {2,}/g, ', ')).filter((line) => line !== ''); // prettier-ignore
    this.talk.ask(`remove the image ${nameOf(image)}`, lines, async () => {
      await this.talk.images.remove(image.name ?? image.id);
    });
  }

  private async prune(): Promise<void> {
    const list = await this.talk.images.list();
    const containers = this.talk.containers();
    const unused = prunable(list, containers, 'unused');
    if (unused.length === 0) {
      this.talk.say('Every image is used by a container: there is nothing to prune.');
      return;
    }
    const lines = pruneLines(list, prunable(list, containers, 'dangling'), unused).map(({ text }) => text.replaceAll(/ {2,}/g, ', ')); // prettier-ignore
    const what = `remove ${plural(unused.length, 'image')} and free ${bytesWords(freedBytes(list, unused))}`;
    this.talk.ask(what, lines.filter((line) => line !== ''), async () => {
      await this.talk.images.prune('unused');
    }); // prettier-ignore
  }

  private cancel(): void {
    if (this.running.size === 0) this.talk.say('Nothing goes on.');
    this.close();
  }

  /** Goes on while other lines are typed; how it ends is told. */
  private begin(what: string, work: (signal: AbortSignal) => Promise<void>): void {
    const { talk } = this;
    if (talk.readOnly) {
      talk.say(`Read only: ${what} is not done here. Start without --read-only to do it.`);
      return;
    }
    if (this.running.has(what)) {
      talk.say(`${what} is under way already.`);
      return;
    }
    const aborting = new AbortController();
    this.running.set(what, aborting);
    talk.say(`Begun: ${what}. You hear when it is done; cancel calls it off.`);
    void work(aborting.signal)
      .then(
        () => talk.announce(`Done: ${what}.`),
        (error: unknown) =>
          talk.announce(aborting.signal.aborted ? `Called off: ${what}.` : `Failed: ${what}. ${sentenceOf(error)}.`),
      )
      .finally(() => this.running.delete(what));
  }

  /** Tells at each quarter how far it is. */
  private async moves(what: string, work: (onEvent: OnTransfer) => Promise<void>): Promise<void> {
    const tally = new TransferTally(() => this.talk.clock.now());
    let told = 0;
    await work((event) => {
      tally.add(event);
      if (event.phase === 'retrying') this.talk.announce(`${what}: it is tried again, ${event.why ?? 'it failed'}.`);
      const progress = tally.progress();
      const share = shareOf(progress);
      if (Number.isNaN(share) || Math.floor(share * TOLD_SHARES) <= told || share >= 1) return;
      told = Math.floor(share * TOLD_SHARES);
      const { current, total } = progress;
      this.talk.announce(`${what}: ${bytesWords(current)} of ${bytesWords(total)}.`);
    });
  }

  private async build(directory: string, tag: string | undefined, signal: AbortSignal): Promise<void> {
    const { images, announce } = this.talk;
    const output: string[] = [];
    const request = { directory, args: [], noCache: false, ...(tag === undefined ? {} : { tag }) };
    try {
      await images.build(request, {
        signal,
        onNews: (news) => {
          if (news.type === 'output') output.push(...news.text.split('\n').filter((line) => line !== ''));
          if (output.length > MOST_OUTPUT_LINES) output.splice(0, output.length - MOST_OUTPUT_LINES);
          if (news.type !== 'step') return;
          const { number, text, status } = news.step;
          if (status === 'running') announce(`Step ${number}: ${text}.`);
          if (status === 'failed') announce(`Step ${number} failed.`);
        },
      });
    } catch (error) {
      if (!signal.aborted) for (const line of output) this.talk.say(line);
      throw error;
    }
  }
}
