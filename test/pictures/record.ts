// `npm run record`: the demo as a new user meets it, from the first screen to the cure, as an asciicast and as an animated picture.
import { statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { toAnimatedSvg, type Frame } from './svg.js';

const FOLDER = 'screenshots';
const COLUMNS = 110;
const ROWS = 32;
/** Between two looks at the screen, ms. */
const LOOK_MS = 100;
/** Frames of the picture are at least so far apart, ms. */
const FRAME_MS = 500;
const CAPTION_MS = 2500;

/** What is seen and written, from the moment on when it is made. */
class Recorder {
  private readonly began = Date.now();
  private readonly frames: Frame[] = [];
  private readonly events: (readonly [seconds: number, kind: 'o', text: string])[] = [];
  private readonly decoder = new TextDecoder();
  private written = 0;
  private lastText = '';
  private caption: { readonly text: string; readonly until: number } | undefined;

  constructor(private readonly screen: Emulator) {}

  get at(): number {
    return Date.now() - this.began;
  }

  private look(): void {
    const { output } = this.screen;
    const chunk = Buffer.concat(output.slice(this.written));
    this.written = output.length;
    if (chunk.length > 0) this.events.push([this.at / 1000, 'o', this.decoder.decode(chunk, { stream: true })]);
    const caption = this.caption !== undefined && this.caption.until > this.at ? this.caption.text : undefined;
    const text = `${caption ?? ''}\n${this.screen.text()}`;
    const last = this.frames.at(-1);
    if (text === this.lastText || (last !== undefined && this.at - last.at < FRAME_MS)) return;
    this.lastText = text;
    this.frames.push({ at: last === undefined ? 0 : this.at, cells: this.screen.cells(), caption });
  }

  async watch(ms: number): Promise<void> {
    const end = this.at + ms;
    while (this.at < end) {
      this.look();
      await delay(LOOK_MS);
    }
  }

  /** @throws Error when it does not come in time */
  async watchUntil(what: string, isThere: () => boolean, ms: number): Promise<number> {
    const end = this.at + ms;
    while (!isThere()) {
      if (this.at > end) throw new Error(`${what} did not come within ${ms} ms:\n${this.screen.text()}`);
      await this.watch(LOOK_MS);
    }
    return this.at;
  }

  async press(key: string, caption: string, ms: number): Promise<void> {
    this.caption = { text: caption, until: this.at + CAPTION_MS };
    await this.watch(700);
    this.screen.type(key);
    await this.watch(ms);
  }

  save(name: string, title: string): void {
    const header = { version: 2, width: COLUMNS, height: ROWS, title, env: { TERM: 'xterm-256color' } };
    const cast = [header, ...this.events].map((line) => JSON.stringify(line)).join('\n');
    writeFileSync(`${FOLDER}/${name}.cast`, `${cast}\n`);
    writeFileSync(`${FOLDER}/${name}.svg`, toAnimatedSvg(this.frames, this.at, title));
    for (const file of [`${FOLDER}/${name}.cast`, `${FOLDER}/${name}.svg`])
      console.log(`${file}: ${Math.round(statSync(file).size / 1024)} KiB`);
    console.log(`${this.frames.length} frames in ${(this.at / 1000).toFixed(1)} s`);
  }
}

async function main(): Promise<void> {
  const house = new House();
  // The image is made before, as it is once only.
  await house.ok('run', '--rm', 'base', 'true');
  const command = [process.execPath, product('tscontain-tui'), '--root', house.root, '--demo'] as const;
  const screen = new Emulator({ command, columns: COLUMNS, rows: ROWS });
  const recorder = new Recorder(screen);
  try {
    const tells = (): boolean => /waits \d+ %.*demo-noisy takes/.test(screen.row(1));
    const noticed = await recorder.watchUntil('the notice', tells, 40_000);
    console.log(`noticed after ${(noticed / 1000).toFixed(1)} s`);
    await recorder.watch(2500);
    await recorder.press('w', 'w  look', 4000);
    await recorder.press('U', 'U  quieten', 2500);
    await recorder.press('\r', '⏎  apply', 1500);
    await recorder.press('\u001b', 'esc  back', 500);
    const cured = await recorder.watchUntil('the cure', () => !/demo-noisy takes/.test(screen.row(1)), 30_000);
    console.log(`cured after ${(cured / 1000).toFixed(1)} s`);
    await recorder.watch(4000);
    recorder.save('demo', 'tscontain-tui --demo: a noisy neighbour found and quietened');
    screen.type('q');
    await screen.ended;
  } finally {
    await screen.close();
    await house.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
