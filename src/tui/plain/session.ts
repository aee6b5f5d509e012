// The dashboard without a screen, for screen readers, braille lines and pipes: containers as sentences, what happens announced
// in lines, commands as words. Nothing is drawn and nothing on the terminal is ever changed that was written once.
//
//   lines in ─► parseCommand ─► the engine ─► sentences ─► lines out ◄─ Announcer ◄─ events, findings, announce()
import { createInterface } from 'node:readline';
import { isTscontainError, type Container, type Engine, type EngineEvent } from '../../engine/index.js';
import { describeFinding, HOST_ID, type Sampler } from '../../metrics/index.js';
import { failureOf } from '../effects/failure.js';
import { targetsOf } from '../effects/measuring.js';
import { seenText } from '../logs/filter.js';
import { statusWord } from '../present/container.js';
import { eventSentence, eventSubject } from '../present/event.js';
import { removalLines } from '../present/removal.js';
import { plural } from '../present/units.js';
import { imageVerbs } from '../effects/image-verbs.js';
import type { ImagesPort } from '../images/port.js';
import { watchingEngine, watchingImages } from '../read-only.js';
import { isRunning } from '../rows.js';
import { clean } from '../screen/index.js';
import { Announcer } from './announcer.js';
import { ImageCommands } from './image-commands.js';
import { helpLines, parseCommand, type Command } from './commands.js';
import { hostLines, listLine, showLines } from './sentences.js';

export interface PlainOptions {
  readonly open: () => Promise<{ readonly engine: Engine; readonly sampler: Sampler; readonly images?: ImagesPort }>;
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly readOnly?: boolean;
  readonly clock?: { now(): number };
}

/** Events that are worth being told unasked. */
const ANNOUNCED: ReadonlySet<EngineEvent['action']> = new Set([
  'create',
  'start',
  'restart',
  'die',
  'oom',
  'health_status: healthy',
  'health_status: unhealthy',
  'pause',
  'unpause',
  'rename',
  'update',
  'destroy',
  'recover',
]);
const DEFAULT_LINES = 10;
const MAX_EVENTS = 1000;
/** Events before this are history of another day, ms. */
const EVENTS_SINCE_MS = 24 * 3_600_000;
/** Longer lines are cut: nobody listens on. */
const MAX_SPOKEN = 400;

export class PlainSession {
  private readonly announcer: Announcer;
  private readonly stopping = new AbortController();
  private readonly clock: { now(): number };
  private readonly events: EngineEvent[] = [];
  private readonly suffering = new Map<string, { readonly victim: string; readonly sentence: string }>();
  private readonly engine: Engine;
  private readonly imageCommands: ImageCommands;
  private containers: readonly Container[] = [];
  /** what is done when the next line is "yes" */
  private pending: { readonly what: string; readonly act: () => Promise<void> } | undefined;
  private readonly undo: (() => void)[] = [];

  constructor(
    engine: Engine,
    private readonly sampler: Sampler,
    private readonly options: Omit<PlainOptions, 'open'>,
    images?: ImagesPort,
  ) {
    this.engine = options.readOnly === true ? watchingEngine(engine) : engine;
    this.clock = options.clock ?? { now: () => Date.now() };
    this.announcer = new Announcer({ say: (line) => this.say(line) });
    const readOnly = options.readOnly === true;
    const verbs = imageVerbs({ engine, ...(images === undefined ? {} : { images }) });
    this.imageCommands = new ImageCommands({
      images: readOnly ? watchingImages(verbs) : verbs,
      containers: () => this.containers,
      clock: this.clock,
      readOnly,
      say: (line) => this.say(line),
      announce: (sentence) => this.announce(sentence),
      ask: (what, lines, act) => this.ask(what, lines, act),
    });
  }

  /** A sentence to be said soon, among others that happen: for whoever finds out something. */
  announce(sentence: string): void {
    this.announcer.announce(clean(sentence));
  }

  async start(): Promise<void> {
    if (this.options.readOnly !== true) await this.putRight();
    await this.list();
    this.undo.push(
      this.engine.watch(() => void this.list()),
      this.sampler.onSample(() => this.tellFindings()),
    );
    this.sampler.start();
    void this.watchEvents();
    const running = this.containers.filter(({ state }) => isRunning(state.status)).length;
    this.say(
      `${plural(this.containers.length, 'container')}, ${running} running.${this.options.readOnly === true ? ' Read only.' : ''} Type help and Enter to hear the commands.`,
    );
  }

  /** One line that was typed. @returns false where it asked to leave */
  async line(text: string): Promise<boolean> {
    const { pending } = this;
    this.pending = undefined;
    if (pending) {
      if (text.trim().toLowerCase() === 'yes') await this.attempt(pending.act);
      else this.say(`Nothing was done: ${pending.what} was not confirmed.`);
      return true;
    }
    const command = parseCommand(text);
    if (command === undefined) return true;
    if ('problem' in command) {
      this.say(command.problem);
      return true;
    }
    if (command.word === 'quit') return false;
    await this.attempt(() => this.carryOut(command));
    return true;
  }

  close(): void {
    this.stopping.abort();
    this.imageCommands.close();
    for (const undo of this.undo) undo();
    this.announcer.flush();
    this.sampler.close();
    this.engine.close();
  }

  private say(line: string): void {
    // Names and logs are anybody's: nothing of them reaches the terminal but letters.
    const text = clean(line);
    this.options.output.write(`${text.length > MAX_SPOKEN ? `${text.slice(0, MAX_SPOKEN)} …` : text}\n`);
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { message, hint } = failureOf(error);
      const sentence = hint !== undefined && isTscontainError(error) ? `${message}: ${hint}` : message;
      this.say(`${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}.`);
    }
  }

  private async carryOut(command: Command): Promise<void> {
    const { word, name = '' } = command;
    switch (word) {
      case 'help':
        for (const line of helpLines()) this.say(line);
        return;
      case 'list': {
        this.sayList(command.text);
        return;
      }
      case 'host':
        for (const line of hostLines(this.sampler.latestHost())) this.say(line);
        return;
      case 'suffering':
        if (this.suffering.size === 0) this.say('Nobody suffers.');
        for (const { sentence } of this.suffering.values()) this.say(sentence);
        return;
      case 'events': {
        this.sayEvents(command.lines ?? DEFAULT_LINES);
        return;
      }
      case 'quiet':
      case 'announce':
        this.announcer.isOn = word === 'announce';
        this.say(
          word === 'announce' ? 'What happens is announced.' : 'Nothing is announced; type announce to hear it again.',
        );
        return;
      case 'quit':
        return;
      default: {
        if (await this.imageCommands.carryOut(command)) return;
        const container = await this.engine.get(name);
        return this.about(container, command);
      }
    }
  }

  private async about(container: Container, { word, lines = DEFAULT_LINES }: Command): Promise<void> {
    const { id, config } = container;
    switch (word) {
      case 'show':
        for (const line of showLines(container, this.sampler.latest(id), this.clock.now())) this.say(line);
        return;
      case 'logs': {
        let count = 0;
        for await (const { text } of this.engine.logs(id, { tail: lines })) {
          this.say(seenText(text.toString('utf8', 0, 64 * 1024)));
          count += 1;
        }
        if (count === 0) this.say(`${config.name} has written nothing.`);
        return;
      }
      case 'processes':
        for (const { pid, command, rssBytes } of await this.engine.top(id))
          this.say(`${command}, process ${pid}, ${Math.round(rssBytes / 1024 ** 2)} mebibytes.`);
        return;
      case 'start':
      case 'restart':
      case 'pause':
      case 'unpause':
        await this.engine[word](id);
        this.say(`Done: ${word} ${config.name}.`);
        return;
      case 'stop':
        this.say(`Stopping ${config.name}; it has ${config.stopTimeoutSeconds} seconds to end by itself.`);
        await this.engine.stop(id);
        this.say(`Done: stop ${config.name}.`);
        return;
      case 'kill': {
        this.ask(`kill ${config.name}`, ['Every process in it gets SIGKILL at once: nothing is saved.'], () =>
          this.engine.kill(id),
        );
        return;
      }
      case 'remove': {
        const what = removalLines([container]).map(({ text }) => text);
        this.ask(`remove ${config.name}`, what, () => this.engine.remove(id, { force: true }));
        return;
      }
      default:
        return undefined;
    }
  }

  /** Says what would be done; the next line that is not yes leaves it undone. */
  private ask(what: string, lines: readonly string[], act: () => Promise<void>): void {
    if (this.options.readOnly === true) {
      this.say(`Read only: ${what} is not done here. Start without --read-only to do it.`);
      return;
    }
    for (const line of lines) this.say(line);
    this.say(`Type yes to ${what}; anything else leaves it as it is.`);
    this.pending = {
      what,
      act: async () => {
        await act();
        this.say(`Done: ${what}.`);
      },
    };
  }

  /** By name: the same order each time, so that one knows where one is. */
  private sayList(text = ''): void {
    const wanted = text.toLowerCase();
    const shown = this.containers
      .filter((container) => {
        const { name, image, project = '' } = container.config;
        return `${name} ${image.name} ${project} ${statusWord(container)}`.toLowerCase().includes(wanted);
      })
      .sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
    if (shown.length === 0) this.say(text === '' ? 'There are no containers.' : `No container has ${text}.`);
    for (const container of shown) this.say(listLine(container, this.sampler.latest(container.id), this.clock.now()));
  }

  private sayEvents(lines: number): void {
    if (this.events.length === 0) this.say('Nothing has happened yet.');
    for (const event of this.events.slice(-lines)) {
      const at = new Date(event.time).toTimeString().slice(0, 5);
      this.say(`${at}, ${eventSubject(event)} ${eventSentence(event)}.`);
    }
  }

  private async list(): Promise<void> {
    await this.attempt(async () => {
      this.containers = await this.engine.list();
      this.sampler.setTargets(targetsOf(this.containers));
    });
  }

  private async putRight(): Promise<void> {
    await this.attempt(async () => {
      const { actions } = await this.engine.recover();
      for (const { name, what } of actions) this.say(`${name}: ${what}.`);
    });
  }

  private async watchEvents(): Promise<void> {
    const now = this.clock.now();
    await this.attempt(async () => {
      for await (const event of this.engine.events({ since: now - EVENTS_SINCE_MS, signal: this.stopping.signal })) {
        this.events.push(event);
        if (this.events.length > MAX_EVENTS) this.events.shift();
        // What happened before one came is history: type events to hear it.
        if (event.time >= now && ANNOUNCED.has(event.action))
          this.announce(`${eventSubject(event)} ${eventSentence(event)}.`);
      }
    });
  }

  /** Who begins to suffer is told once, and once when it is over. */
  private tellFindings(): void {
    const nameOf = (id: string): string =>
      id === HOST_ID
        ? 'something outside of containers'
        : (this.containers.find((one) => one.id === id)?.config.name ?? id.slice(0, 12));
    const findings = this.sampler.findings();
    for (const finding of findings) {
      const sentence = `${describeFinding(finding, nameOf, 'long')}.`;
      if (!this.suffering.has(finding.key)) this.announce(sentence);
      this.suffering.set(finding.key, { victim: finding.victim, sentence });
    }
    for (const [key, { victim }] of this.suffering) {
      if (findings.some((finding) => finding.key === key)) continue;
      this.suffering.delete(key);
      this.announce(`${nameOf(victim)} suffers no more.`);
    }
  }
}

/** Runs until the person types quit, or the input ends. Containers run on. */
export async function runPlain(options: PlainOptions): Promise<void> {
  const { engine, sampler, images } = await options.open();
  const session = new PlainSession(engine, sampler, options, images);
  await session.start();
  // The terminal's own line editing: readline's moves the cursor about, which screen readers read aloud.
  const lines = createInterface({ input: options.input, terminal: false, crlfDelay: Infinity });
  // Whoever listened has left: there is nobody to talk to.
  options.output.on('error', () => lines.close());
  try {
    for await (const line of lines) if (!(await session.line(line))) break;
  } finally {
    lines.close();
    session.close();
  }
}
