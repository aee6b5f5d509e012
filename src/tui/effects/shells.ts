// The terminals behind shell tabs. Each lives until its tab is closed, whatever is in front; what the program in it writes is
// fed to its emulator all the time.
import { isTscontainError, type Session, type TerminalSize } from '../../engine/index.js';
import type { KeyEvent, MouseEvent, PasteEvent } from '../screen/index.js';
import { openPane, type TerminalPane } from '../terminal/index.js';
import type { Doers } from './doers.js';
import { failureOf, sentenceOf } from './failure.js';
import type { Ports } from './ports.js';
import { SessionPty } from './session-pty.js';

/** Tried in this order: what people like, then what every image has. */
const SHELLS = [['bash', '-l'], ['sh', '-l'], ['sh']] as const;
/** A shell that ends by itself sooner than this did not work; its last words stay to be read. */
const WORKED_AFTER_MS = 2000;

/** Keys kept for a shell that is not open yet: more is a cat on the keyboard. */
const MAX_EARLY = 1000;

interface Open {
  readonly pane: TerminalPane;
  readonly pty: SessionPty;
  readonly since: number;
  title: string;
}

type ShellEffect = 'open-shell' | 'attach-input' | 'close-shell' | 'broadcast' | 'shell-key' | 'shell-input';

export class Shells {
  readonly doers: Doers<ShellEffect> = {
    'open-shell': ({ number, id, kind }) => void this.openShell(number, id, kind),
    'attach-input': ({ number, id }) => void this.takeKeys(number, id),
    'close-shell': ({ number }) => this.close(number),
    broadcast: ({ numbers }) => this.ports.dispatch({ type: 'broadcasting', numbers }),
    'shell-key': ({ number, bytes }) => this.sendBytes(number, bytes),
    'shell-input': ({ number, event }) => this.input(number, event),
  };

  private readonly open = new Map<number, Open>();
  private readonly closed = new Set<number>();
  /** Sessions that were opened before their tab: of containers that are run from the form. */
  private readonly waiting = new Map<string, Session>();
  /** What was typed into tabs that are not open yet. */
  private readonly early = new Map<number, (KeyEvent | PasteEvent)[]>();
  private size: TerminalSize = { columns: 80, rows: 24 };
  /** of those that share the room with others */
  private sizes: ReadonlyMap<number, TerminalSize> = new Map();
  /** the shell that has the keys */
  private inFront: number | undefined;

  constructor(private readonly ports: Ports) {}

  pane(number: number): TerminalPane | undefined {
    return this.open.get(number)?.pane;
  }

  get currentSize(): TerminalSize {
    return this.size;
  }

  /** The size of a pane that has the room alone, and of each terminal there is. */
  resize(size: TerminalSize, sizes: readonly (readonly [number: number, size: TerminalSize])[]): void {
    this.size = size;
    this.sizes = new Map(sizes);
    for (const [number, { pane }] of this.open) {
      const { columns, rows } = this.sizeOf(number);
      pane.resize(columns, rows);
    }
  }

  private sizeOf(number: number): TerminalSize {
    return this.sizes.get(number) ?? this.size;
  }

  /** Tells programs that ask for it whether they are looked at (mode 1004). */
  giveKeys(number: number | undefined): void {
    if (number === this.inFront) return;
    if (this.inFront !== undefined) this.pane(this.inFront)?.focus(false);
    this.inFront = number;
    if (number !== undefined) this.pane(number)?.focus(true);
  }

  /** Whether the program that has the keys wants to know where the mouse goes without a button. */
  get wantsMotion(): boolean {
    return this.inFront !== undefined && this.pane(this.inFront)?.wantsMotion === true;
  }

  /** The terminal of a container that is about to start, so that nothing it writes is missed. */
  expect(id: string, session: Session): void {
    this.waiting.set(id, session);
  }

  forget(id: string): void {
    this.waiting.get(id)?.close();
    this.waiting.delete(id);
  }

  async openShell(number: number, id: string, kind: 'shell' | 'attach'): Promise<void> {
    this.early.set(number, []);
    try {
      const expected = this.waiting.get(id);
      this.waiting.delete(id);
      const input = kind === 'shell' || expected !== undefined;
      const found =
        kind === 'shell'
          ? await this.execShell(number, id)
          : { session: expected ?? (await this.attach(number, id, false)), title: 'attached' };
      await this.show(number, found.session, found.title, input);
    } catch (error) {
      this.end(number, sentenceOf(error), false);
    }
  }

  /** From watching to typing: the same tab, another connection. */
  async takeKeys(number: number, id: string): Promise<void> {
    const shell = this.open.get(number);
    if (!shell) return;
    this.early.set(number, []);
    try {
      shell.pty.replace(await this.attach(number, id, true));
      this.ports.dispatch({ type: 'shell-open', number, input: true, title: shell.title });
    } catch (error) {
      this.ports.dispatch({ type: 'shell-open', number, input: false, title: shell.title });
      this.ports.dispatch({ type: 'notice', kind: 'error', text: failureOf(error).message });
    }
    this.typeEarly(number);
  }

  input(number: number, event: KeyEvent | PasteEvent): void {
    const early = this.early.get(number);
    if (early) {
      if (early.length < MAX_EARLY) early.push(event);
      return;
    }
    const pane = this.pane(number);
    if (event.type === 'key') pane?.key(event);
    else pane?.paste(event);
  }

  /** The tab is open: what was typed meanwhile goes in. */
  private typeEarly(number: number): void {
    const early = this.early.get(number) ?? [];
    this.early.delete(number);
    for (const event of early) this.input(number, event);
  }

  /** @returns text that was selected, for the clipboard */
  mouse(number: number, event: MouseEvent, x: number, y: number): string | undefined {
    return this.pane(number)?.mouse(event, x, y).copy;
  }

  sendBytes(number: number, bytes: string): void {
    this.open.get(number)?.pty.write(Buffer.from(bytes, 'latin1'));
  }

  close(number: number): void {
    this.closed.add(number);
    this.open.get(number)?.pane.dispose();
    this.open.delete(number);
    this.ports.dispatch({ type: 'shell-ended', number, message: 'The shell is closed.', clean: true });
  }

  closeAll(): void {
    for (const { pane } of this.open.values()) pane.dispose();
    this.open.clear();
  }

  private async execShell(number: number, id: string): Promise<{ session: Session; title: string }> {
    for (const argv of SHELLS) {
      try {
        return {
          session: await this.ports.engine.exec(id, { argv, tty: true, size: this.sizeOf(number) }),
          title: argv[0],
        };
      } catch (error) {
        if (!isTscontainError(error, 'COMMAND_NOT_FOUND')) throw error;
      }
    }
    throw new Error('There is neither bash nor sh in this image, so no shell can be opened.');
  }

  private attach(number: number, id: string, stdin: boolean): Promise<Session> {
    return this.ports.engine.attach(id, { stdin, size: this.sizeOf(number), replay: true });
  }

  private async show(number: number, session: Session, title: string, input: boolean): Promise<void> {
    const pty = new SessionPty(session);
    const pane = await openPane({ pty, ...this.sizeOf(number), onChange: () => this.changed(number) });
    if (this.closed.has(number)) {
      pane.dispose();
      return;
    }
    const shell: Open = { pane, pty, since: this.ports.clock.now(), title };
    this.open.set(number, shell);
    this.ports.dispatch({ type: 'shell-open', number, input, title });
    this.typeEarly(number);
    pty.onEnd((exitCode) => this.onExit(number, shell, exitCode, input));
  }

  private changed(number: number): void {
    const shell = this.open.get(number);
    if (shell && shell.pane.title !== '' && shell.pane.title !== shell.title) {
      shell.title = shell.pane.title;
      this.ports.dispatch({ type: 'shell-title', number, title: shell.title });
    }
    if (shell?.pane.rang === true) {
      shell.pane.clearBell();
      this.ports.dispatch({ type: 'shell-bell', number });
    }
    this.ports.invalidate();
  }

  private onExit(number: number, shell: Open, exitCode: number | undefined, input: boolean): void {
    if (!this.open.has(number)) return;
    const worked =
      input && (exitCode === 0 || this.ports.clock.now() - shell.since >= WORKED_AFTER_MS) && exitCode !== undefined;
    const how = exitCode === undefined ? 'The connection was lost.' : `It ended with exit code ${exitCode}.`;
    this.end(number, worked ? 'The shell has ended.' : how, worked);
  }

  private end(number: number, message: string, clean: boolean): void {
    this.early.delete(number);
    if (clean) {
      this.open.get(number)?.pane.dispose();
      this.open.delete(number);
    }
    this.ports.dispatch({ type: 'shell-ended', number, message, clean });
  }
}
