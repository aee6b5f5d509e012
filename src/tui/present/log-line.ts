// What a log line says besides its text: how grave it is, in whichever of the usual spellings, and the parts of one that is JSON.
// Lines are anybody's: every pattern here reads a bounded beginning and has no repeat inside a repeat.
import { clean } from '../screen/index.js';

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

const NAMES: Readonly<Record<string, Level>> = {
  trace: 'trace',
  trc: 'trace',
  verbose: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  error: 'error',
  err: 'error',
  eror: 'error',
  fatal: 'error',
  ftl: 'error',
  panic: 'error',
  crit: 'error',
  critical: 'error',
  alert: 'error',
  emerg: 'error',
  emergency: 'error',
  severe: 'error',
};

export const levelNamed = (name: string): Level | undefined => NAMES[name.toLowerCase()];

/** pino and bunyan count in tens from trace (10) to fatal (60). */
function levelNumbered(value: number): Level | undefined {
  return value >= 10 && value <= 60 ? LEVELS[Math.min(4, Math.floor(value / 10) - 1)] : undefined;
}

export interface FoundLevel {
  readonly level: Level;
  /** where its word stands */
  readonly start: number;
  readonly end: number;
}

/** Levels stand at the beginning of lines; further in, the word is a word. */
const HEAD = 200;
const JSON_HEAD = 4096;

const WORDS = Object.keys(NAMES).join('|');
const inJson =
  /"(?:level|lvl|severity|log_?level|log\.level|levelname|@l)"\s{0,8}:\s{0,8}(?:"([A-Za-z]{3,11})"|(\d\d)\b)/i;
const inLogfmt = /(?:^|[\s,])(?:level|lvl|severity|log_?level)="?([A-Za-z]{3,11})"?(?=$|[\s,])/i;
const capital = new RegExp(`(?:^|[\\s[(<|:,;])(${WORDS.toUpperCase()})(?=$|[\\s\\])>|:,;-])`);
const bracketed = new RegExp(`[[(<](${WORDS})[\\])>:]`, 'i');
const beforeColon = new RegExp(`(?:^|[\\s:])(${WORDS}):(?=\\s|$)`, 'i');
/** klog: "E0102 15:04:05.678" */
const klog = /^([IWEF])\d{4} \d\d:\d\d:/;
/** syslog: "<3>" */
const syslog = /^<(\d{1,3})>/;
const KLOG: Readonly<Record<string, Level>> = { I: 'info', W: 'warn', E: 'error', F: 'error' };

export function levelIn(text: string): FoundLevel | undefined {
  if (text.startsWith('{')) return found(inJson.exec(text.slice(0, JSON_HEAD)));
  const head = text.slice(0, HEAD);
  const short = klog.exec(head);
  if (short) return { level: KLOG[short[1]!]!, start: 0, end: 1 };
  const numbered = syslog.exec(head);
  if (numbered) {
    const severity = Number(numbered[1]) & 7;
    const level = severity <= 3 ? 'error' : severity === 4 ? 'warn' : severity === 7 ? 'debug' : 'info';
    return { level, start: 0, end: numbered[0].length };
  }
  return (
    found(inLogfmt.exec(head)) ??
    found(capital.exec(head)) ??
    found(bracketed.exec(head)) ??
    found(beforeColon.exec(head))
  );
}

function found(match: RegExpExecArray | null): FoundLevel | undefined {
  if (!match) return undefined;
  const word = match[1] ?? match[2];
  if (word === undefined) return undefined;
  const level = levelNamed(word) ?? (/^\d/.test(word) ? levelNumbered(Number(word)) : undefined);
  if (level === undefined) return undefined;
  const start = match.index + match[0].lastIndexOf(word);
  return { level, start, end: start + word.length };
}

/** A line that is a JSON object, as a person reads it. */
export interface StructuredLine {
  readonly time: string | undefined;
  readonly level: Level | undefined;
  readonly message: string;
  /** what else is in it, each value on one line */
  readonly fields: readonly (readonly [key: string, value: string])[];
}

/** A longer one is shown as it is: nobody reads it in a line. */
const MAX_JSON = 16_384;
const MAX_FIELDS = 60;
const MAX_VALUE = 300;

const TIME_KEYS = ['time', 'ts', 'timestamp', '@timestamp', '@t', 't', 'date', 'datetime', 'asctime'];
const LEVEL_KEYS = ['level', 'lvl', 'severity', 'loglevel', 'log_level', 'log.level', 'levelname', '@l'];
const MESSAGE_KEYS = ['msg', 'message', '@m', 'log', 'text', 'event', '@mt'];

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_JSON || !trimmed.startsWith('{') || !trimmed.endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

export function readStructured(text: string): StructuredLine | undefined {
  const object = parseObject(text);
  if (object === undefined || Object.keys(object).length === 0) return undefined;
  const take = (keys: readonly string[]): string | undefined => keys.find((key) => isPlain(object[key]));
  const timeKey = take(TIME_KEYS);
  const levelKey = take(LEVEL_KEYS);
  const messageKey = take(MESSAGE_KEYS);
  const level = levelKey === undefined ? undefined : levelOf(object[levelKey]);
  const rest = Object.entries(object).filter(
    ([key]) => key !== timeKey && key !== messageKey && (key !== levelKey || level === undefined),
  );
  return {
    time: timeKey === undefined ? undefined : timeText(object[timeKey]),
    level,
    message: messageKey === undefined ? '' : valueText(object[messageKey]),
    fields: rest.slice(0, MAX_FIELDS).map(([key, value]) => [short(clean(key)), valueText(value)] as const),
  };
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

const levelOf = (value: unknown): Level | undefined =>
  typeof value === 'number' ? levelNumbered(value) : levelNamed(String(value));

function timeText(value: unknown): string {
  // Seconds until the year 5138, ms after: what is larger than 1e11 is ms.
  const at = typeof value === 'number' ? new Date(value > 1e11 ? value : value * 1000) : new Date(String(value));
  if (Number.isNaN(at.getTime())) return short(clean(String(value)));
  return clockMs(at);
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return short(clean(value));
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Nested deeper than the stack is.
    text = undefined;
  }
  return text === undefined ? '…' : short(clean(text));
}

const short = (text: string): string => (text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text);

/** "14:02:11.123", local time. */
export function clockMs(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** How long ago, in eight cells: "-0.3s", "-12.0s", "-5m02s", "-3h07m", "-2d". */
export function agoText(ms: number): string {
  const seconds = Math.max(0, ms / 1000);
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const text =
    seconds < 60
      ? `${seconds.toFixed(1)}s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`
        : seconds < 172_800
          ? `${Math.floor(seconds / 3600)}h${two((seconds % 3600) / 60)}m`
          : `${Math.floor(seconds / 86_400)}d`;
  return `-${text}`.padStart(8);
}

/** Nothing prettier than this is looked at. */
const MAX_PRETTY_LINES = 2000;

/** A line in full, for reading: JSON over several lines, anything else as it is. */
export function wholeLine(text: string): readonly string[] {
  const object = parseObject(text);
  if (object !== undefined) {
    try {
      const lines = JSON.stringify(object, undefined, 2).split('\n');
      return lines.length > MAX_PRETTY_LINES ? [...lines.slice(0, MAX_PRETTY_LINES), '…'] : lines;
    } catch {
      // Nested deeper than the stack is: as it was written.
    }
  }
  return [text.length > MAX_JSON ? `${text.slice(0, MAX_JSON)} …` : text];
}
