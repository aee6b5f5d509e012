// Bytes from the terminal to events. However the bytes are cut into reads, the same events come out; what was typed stays
// with each event byte for byte, so that a shell tab can pass on exactly that.
//
//   bytes ─► feed() ─► events          an unfinished sequence waits ─► flush() after `waitMs` ─► taken as it stands
//
// Sources: xterm's ctlseqs (mouse 1006, bracketed paste 2004, focus 1004, modifyOtherKeys), the kitty keyboard protocol (CSI u).
import { csiKey, controlKey, ss3Key } from './input-keys.js';

interface Raw {
  /** Exactly the bytes that made the event. */
  readonly raw: Buffer;
}

export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

/**
 * `key` is the name to match: a character as typed ('a', 'A', '/', 'é', '😀') or a name ('enter', 'tab', 'space', 'escape',
 * 'backspace', 'delete', 'insert', 'up', 'down', 'left', 'right', 'home', 'end', 'pageup', 'pagedown', 'f1'…'f12'), with
 * 'ctrl-', 'alt-', 'shift-' before it in this order: 'ctrl-a', 'ctrl-]', 'alt-1', 'shift-tab', 'ctrl-alt-up'.
 * `text` is there where the key writes something: what a text field inserts.
 */
export interface KeyEvent extends Raw {
  readonly type: 'key';
  readonly key: string;
  readonly text?: string;
}

export type MouseButton = 'left' | 'middle' | 'right' | 'none';

export interface MouseEvent extends Raw, Modifiers {
  readonly type: 'mouse';
  /** 'move' is without a button, 'drag' with one. */
  readonly action: 'press' | 'release' | 'drag' | 'move' | 'wheel-up' | 'wheel-down' | 'wheel-left' | 'wheel-right';
  readonly button: MouseButton;
  /** Cells from 0. */
  readonly x: number;
  readonly y: number;
}

export interface PasteEvent extends Raw {
  readonly type: 'paste';
  /** Line ends are newlines; nothing else is changed, so control characters may be in it. */
  readonly text: string;
}

export interface FocusEvent extends Raw {
  readonly type: 'focus';
  readonly focused: boolean;
}

/** A sequence that is no key: an answer of the terminal, or one that is not known. Nobody types these. */
export interface ReplyEvent extends Raw {
  readonly type: 'reply';
}

export type TerminalEvent = KeyEvent | MouseEvent | PasteEvent | FocusEvent | ReplyEvent;

const ESC = 0x1b;
const PASTE_START = Buffer.from('\x1b[200~');
const PASTE_END = Buffer.from('\x1b[201~');

/** A lone ESC is a key once this long has passed without more (the bytes of a sequence arrive together, save over slow lines). */
const ESCAPE_MS = 40;
/** A paste whose end never comes is given up after this long a silence, or the keyboard would be dead. */
const PASTE_SILENCE_MS = 2000;
/** Longer control sequences than this are noise; terminals' answers stay far below. */
const MAX_SEQUENCE = 4096;

export class InputParser {
  #pending: Buffer = Buffer.alloc(0);
  /** The pieces of a paste so far, its opening bracket included. */
  #paste: Buffer[] | undefined;

  /** How long to wait for more bytes before `flush`; undefined where nothing is unfinished. */
  get waitMs(): number | undefined {
    if (this.#paste) return PASTE_SILENCE_MS;
    return this.#pending.length > 0 ? ESCAPE_MS : undefined;
  }

  feed(bytes: Uint8Array): TerminalEvent[] {
    const events: TerminalEvent[] = [];
    let rest = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
    this.#pending = Buffer.alloc(0);
    while (rest.length > 0) {
      const used = this.#paste ? this.#takePaste(rest, events) : this.#takeOne(rest, events);
      if (used === 0) {
        this.#pending = rest;
        break;
      }
      rest = rest.subarray(used);
    }
    return events;
  }

  /** Takes what is unfinished as it stands: a lone ESC, a broken sequence, a paste without an end. */
  flush(): TerminalEvent[] {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    if (this.#paste) {
      const raw = Buffer.concat([...this.#paste, rest]);
      this.#paste = undefined;
      return [pasteEvent(raw, raw.subarray(PASTE_START.length))];
    }
    if (rest.length === 0) return [];
    if (rest[0] !== ESC) return [{ type: 'key', key: '\ufffd', text: '\ufffd', raw: rest }];
    if (rest.length === 1) return [{ type: 'key', key: 'escape', raw: rest }];
    // ESC and one more byte is an alt key that might have begun a sequence ('alt-[', 'alt-shift-o').
    if (rest.length === 2) return [{ type: 'key', key: `alt-${rest.toString('latin1', 1)}`, raw: rest }];
    return [{ type: 'reply', raw: rest }];
  }

  /** Takes one event from the front of `bytes`. @returns the bytes used, 0 where more are needed */
  #takeOne(bytes: Buffer, events: TerminalEvent[]): number {
    if (bytes[0] !== ESC) return takeCharacter(bytes, 0, '', events);
    if (bytes.length === 1) return 0;
    switch (bytes[1]) {
      case 0x5b: // [
        return this.#takeCsi(bytes, events);
      case 0x4f: // O
        return takeSs3(bytes, events);
      case 0x5d: // ] OSC
      case 0x50: // P DCS
      case 0x5f: // _ APC
      case 0x5e: // ^ PM
      case 0x58: // X SOS
        return takeString(bytes, events);
      case ESC:
        return takeEscEsc(bytes, events);
      default:
        return takeCharacter(bytes, 1, 'alt-', events);
    }
  }

  #takeCsi(bytes: Buffer, events: TerminalEvent[]): number {
    if (bytes.length >= 3 && bytes[2] === 0x4d) return takeLegacyMouse(bytes, events);
    // The Linux console's function keys have a second bracket, which elsewhere would be the end.
    let end = bytes[2] === 0x5b ? 3 : 2;
    while (end < bytes.length && bytes[end]! >= 0x20 && bytes[end]! <= 0x3f) end += 1;
    if (end - 2 > MAX_SEQUENCE) return push(events, { type: 'reply', raw: bytes.subarray(0, end) });
    if (end === bytes.length) return 0;
    // A byte that no sequence may hold ends it: what stood before is noise, the byte speaks for itself.
    if (bytes[end]! < 0x40 || bytes[end]! > 0x7e) return push(events, { type: 'reply', raw: bytes.subarray(0, end) });
    const raw = bytes.subarray(0, end + 1);
    if (raw.equals(PASTE_START)) {
      this.#paste = [Buffer.from(raw)];
      return raw.length;
    }
    return push(events, csiEvent(raw));
  }

  #takePaste(bytes: Buffer, events: TerminalEvent[]): number {
    const pieces = this.#paste!;
    const end = bytes.indexOf(PASTE_END);
    if (end >= 0) {
      const used = end + PASTE_END.length;
      const raw = Buffer.concat([...pieces, bytes.subarray(0, used)]);
      this.#paste = undefined;
      return push(events, pasteEvent(raw, raw.subarray(PASTE_START.length, raw.length - PASTE_END.length)), used);
    }
    // The tail may be the beginning of the closing bracket.
    let keep = Math.min(PASTE_END.length - 1, bytes.length);
    while (keep > 0 && !PASTE_END.subarray(0, keep).equals(bytes.subarray(bytes.length - keep))) keep -= 1;
    const used = bytes.length - keep;
    if (used > 0) pieces.push(Buffer.from(bytes.subarray(0, used)));
    return used;
  }
}

function push(events: TerminalEvent[], event: TerminalEvent, used = event.raw.length): number {
  events.push({ ...event, raw: Buffer.from(event.raw) });
  return used;
}

function pasteEvent(raw: Buffer, content: Buffer): PasteEvent {
  return { type: 'paste', text: content.toString('utf8').replace(/\r\n?/g, '\n'), raw };
}

/** A character or control byte at `at`, with `prefix` ('alt-' after an ESC) before its name. */
function takeCharacter(bytes: Buffer, at: number, prefix: string, events: TerminalEvent[]): number {
  const first = bytes[at]!;
  if (first < 0x20 || first === 0x7f) {
    return push(events, { type: 'key', key: withPrefix(prefix, controlKey(first)), raw: bytes.subarray(0, at + 1) });
  }
  const length = first < 0x80 ? 1 : utf8Length(bytes, at);
  if (length === 0) return 0;
  const raw = bytes.subarray(0, at + length);
  const text = raw.toString('utf8', at);
  const name = text === ' ' ? 'space' : text;
  if (prefix !== '') return push(events, { type: 'key', key: prefix + name, raw });
  return push(events, { type: 'key', key: name, text, raw });
}

/** 'alt-' belongs after 'ctrl-' and before 'shift-'. */
function withPrefix(prefix: string, name: string): string {
  return prefix !== '' && name.startsWith('ctrl-') ? `ctrl-${prefix}${name.slice(5)}` : prefix + name;
}

/** Bytes of the UTF-8 character at `at`; 1 where it is broken, 0 where it is not all there yet (RFC 3629). */
function utf8Length(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length =
    first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc2 && first < 0xe0 ? 2 : 1;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return 0;
    if ((byte & 0xc0) !== 0x80) return 1;
  }
  return length;
}

function takeSs3(bytes: Buffer, events: TerminalEvent[]): number {
  if (bytes.length === 2) return 0;
  const final = String.fromCharCode(bytes[2]!);
  const key = ss3Key(final);
  if (key !== undefined) return push(events, { type: 'key', key, raw: bytes.subarray(0, 3) });
  // No function key: alt-O, and the byte after it is the next event.
  return push(events, { type: 'key', key: 'alt-O', raw: bytes.subarray(0, 2) });
}

/** ESC ESC: alt and a key that itself begins with ESC, as some terminals send alt-arrows; else alt-escape. */
function takeEscEsc(bytes: Buffer, events: TerminalEvent[]): number {
  if (bytes.length === 2) return 0;
  if (bytes[2] !== 0x5b && bytes[2] !== 0x4f)
    return push(events, { type: 'key', key: 'escape', raw: bytes.subarray(0, 1) });
  let end = 3;
  if (bytes[2] === 0x5b) while (end < bytes.length && bytes[end]! >= 0x30 && bytes[end]! <= 0x3f) end += 1;
  if (end >= bytes.length) return bytes.length > MAX_SEQUENCE ? 1 : 0;
  const raw = bytes.subarray(0, end + 1);
  const inner = raw.subarray(1);
  const name = bytes[2] === 0x4f ? ss3Key(String.fromCharCode(bytes[3]!)) : csiKey(inner.toString('latin1', 2))?.key;
  if (name === undefined) return push(events, { type: 'key', key: 'escape', raw: bytes.subarray(0, 1) });
  return push(events, { type: 'key', key: withPrefix('alt-', name), raw });
}

/** OSC, DCS and the like, up to BEL or ST: answers of the terminal. */
function takeString(bytes: Buffer, events: TerminalEvent[]): number {
  for (let i = 2; i < bytes.length; i++) {
    if (bytes[i] === 0x07) return push(events, { type: 'reply', raw: bytes.subarray(0, i + 1) });
    if (bytes[i] === ESC) {
      if (i + 1 === bytes.length) return 0;
      // ST ends it; any other ESC breaks it off and begins something else.
      const end = bytes[i + 1] === 0x5c ? i + 2 : i;
      return push(events, { type: 'reply', raw: bytes.subarray(0, end) });
    }
  }
  return bytes.length > MAX_SEQUENCE ? push(events, { type: 'reply', raw: bytes }) : 0;
}

/** ESC [ M and three bytes: the form before 1006, which a few terminals still send. */
function takeLegacyMouse(bytes: Buffer, events: TerminalEvent[]): number {
  if (bytes.length < 6) return 0;
  const code = bytes[3]! - 32;
  return push(
    events,
    mouseEvent(code, bytes[4]! - 33, bytes[5]! - 33, (code & 3) === 3 && code < 64, bytes.subarray(0, 6)),
  );
}

function csiEvent(raw: Buffer): TerminalEvent {
  const body = raw.toString('latin1', 2);
  if (body === 'I' || body === 'O') return { type: 'focus', focused: body === 'I', raw };
  const mouse = /^<(\d+);(\d+);(\d+)([Mm])$/.exec(body);
  if (mouse) return mouseEvent(Number(mouse[1]), Number(mouse[2]) - 1, Number(mouse[3]) - 1, mouse[4] === 'm', raw);
  const key = csiKey(body);
  return key ? { type: 'key', ...key, raw } : { type: 'reply', raw };
}

const wheels = ['wheel-up', 'wheel-down', 'wheel-left', 'wheel-right'] as const;
const buttons = ['left', 'middle', 'right', 'none'] as const;

/** xterm's button code: bits 0-1 button, 4 shift, 8 alt, 16 ctrl, 32 motion, 64 wheel. */
function mouseEvent(code: number, x: number, y: number, released: boolean, raw: Buffer): MouseEvent {
  const button = code & 64 ? 'none' : buttons[code & 3]!;
  const action =
    code & 64 ? wheels[code & 3]! : code & 32 ? (button === 'none' ? 'move' : 'drag') : released ? 'release' : 'press';
  return {
    type: 'mouse',
    action,
    button,
    x: Math.max(0, x),
    y: Math.max(0, y),
    shift: (code & 4) !== 0,
    alt: (code & 8) !== 0,
    ctrl: (code & 16) !== 0,
    raw,
  };
}
