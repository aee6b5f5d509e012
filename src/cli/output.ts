// Tables, JSON and templates for people and programs; every hostile string is made harmless on its way to a terminal.
import stringWidth from 'string-width';
import { TscontainError } from '../engine/index.js';
import { readTemplate } from './template/index.js';

/** One row: column title → value. The titles are Docker's, so `--format '{{.Names}}'` finds what its users expect. */
export type Row = Readonly<Record<string, string | number | boolean>>;

// Control characters (C0, DEL, C1), bidirectional overrides and invisible characters: what could lie to a reader or a terminal.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A string from a container, image or user made safe for one line of a terminal: control characters are shown as escapes. */
export function printable(value: string): string {
  return value.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, without those that JSON itself writes as escapes in its strings, and has between them. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** JSON of anything that came from outside: the same value, and nothing in it that a terminal would act on. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, printable);
}

const title = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();

// ASCII and the other signs that tables of ours are made of.
const PLAIN = /^[ -~\u2026\u2013\u00b5]*$/;

/** Cells in a terminal. Only what people of other scripts have named costs the loading of string-width. */
const widthOf = (text: string) => (PLAIN.test(text) ? text.length : stringWidth(text));

/** Columns as wide as their widest cell, three spaces apart, the way docker prints them. */
export function table(
  columns: readonly string[],
  rows: readonly Row[],
  titles: Readonly<Record<string, string>> = {},
): string {
  const cells = [
    columns.map((column) => titles[column] ?? title(column)),
    ...rows.map((row) => columns.map((column) => printable(String(row[column] ?? '')))),
  ];
  return inColumns(cells);
}

function inColumns(cells: readonly (readonly string[])[]): string {
  const count = Math.max(...cells.map((line) => line.length));
  const widths = Array.from({ length: count }, (_, index) =>
    Math.max(...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  return cells
    .map((line) =>
      line
        .map((cell, index) => (index === line.length - 1 ? cell : cell + ' '.repeat(widths[index]! - widthOf(cell))))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * Rows in the form that was asked for.
 * @param format undefined or "table": a table; "json": one JSON object a line; else a template for each, behind "table " with a line of
 *   titles above and its columns, which tabs divide, below one another
 * @throws TscontainError INVALID_VALUE for a template that cannot be read, or asks for a field that there is none of
 */
export function render(
  rows: readonly Row[],
  options: { columns: readonly string[]; format?: string | undefined; titles?: Readonly<Record<string, string>> },
): string {
  const { columns, format } = options;
  if (format === undefined || format === 'table') return table(columns, rows, options.titles);
  if (format === 'json') return rows.map((row) => jsonText(row)).join('\n');
  const { columns: isTable, template } = tabbed(format);
  const filling = { toJson: (value: unknown) => jsonText(value), toText: printable, onMissing: noSuchField };
  const { hasActions, fill } = readTemplate(template, filling);
  if (!hasActions)
    throw new TscontainError('INVALID_VALUE', `--format "${format}" has no field`, {
      hint: 'use table, json, or a template such as {{.ID}} {{.Names}}',
    });
  if (!isTable) return rows.map(fill).join('\n');
  const names = new Set([...columns, ...Object.keys(rows[0] ?? {})]);
  const titles = Object.fromEntries([...names].map((name) => [name, options.titles?.[name] ?? title(name)]));
  return inColumns([titles, ...rows].map((row) => fill(row).split('\t')));
}

/** What behind "table " is, and tabs and line ends that were typed as \\t and \\n outside of actions, as Docker takes them. */
function tabbed(format: string): { readonly columns: boolean; readonly template: string } {
  const columns = format.startsWith('table ');
  const template = (columns ? format.slice('table '.length) : format).replace(
    /(\{\{[^]*?\}\})|\\([tn])/g,
    (_, action: string | undefined, letter: string | undefined) => action ?? (letter === 't' ? '\t' : '\n'),
  );
  return { columns, template };
}

function noSuchField(field: string, row: Readonly<Record<string, unknown>>): never {
  throw new TscontainError('INVALID_VALUE', `--format names the field .${field}, which is not there`, {
    hint: `the fields are ${Object.keys(row).join(', ')}`,
  });
}

/** 1536 → "1.5KiB", the way docker stats writes memory. */
export function bytes(value: number | undefined): string {
  if (value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? scaled.toFixed(0) : scaled.toPrecision(scaled >= 1000 ? 4 : 3)}${units[unit] ?? ''}`;
}

/** "3 seconds", "About a minute", "2 days": Docker's way to say how long ago. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 46) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}
