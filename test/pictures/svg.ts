// The cells of a terminal as an SVG: text as text; lines, blocks and braille as shapes, so that they join without seams in any font.
import type { Colour, SeenCell } from '../support/emulator.js';

export const CELL = { width: 9, height: 19 } as const;
const MARGIN = 14;
const BACKGROUND = '#16181d';
const FOREGROUND = '#d7dae0';

const BASIC = [
  '#1d1f21', '#e0555f', '#7fbf5f', '#e5b567', '#6aa3e8', '#b48ead', '#6cc1c4', '#c5c8c6',
  '#6b7079', '#ff6b76', '#9fdc7c', '#ffd27f', '#8bbcff', '#d3a6cf', '#8fe0e3', '#ffffff',
] as const; // prettier-ignore

/** The xterm palette: 16 basic colours, a 6×6×6 cube, 24 greys. */
function rgb(colour: Colour, otherwise: string): string {
  if (colour === undefined) return otherwise;
  if (typeof colour === 'string') return colour;
  if (colour < 16) return BASIC[colour] ?? otherwise;
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  if (colour >= 232) return `#${hex(8 + (colour - 232) * 10).repeat(3)}`;
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const cube = colour - 16;
  return `#${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => hex(level(part))).join('')}`;
}

const escape = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
const round = (value: number) => Math.round(value * 100) / 100;

/** A 2×4 grid of dots: bits 0-2 and 6 are the left column from the top, 3-5 and 7 the right one (Unicode U+2800). */
function braille(code: number, x: number, y: number): string {
  const bits = code - 0x2800;
  const dots: string[] = [];
  for (let bit = 0; bit < 8; bit += 1) {
    if ((bits & (1 << bit)) === 0) continue;
    const column = bit < 3 || bit === 6 ? 0 : 1;
    const row = bit >= 6 ? 3 : bit % 3;
    const cx = x + CELL.width * (column === 0 ? 0.27 : 0.73);
    const cy = y + (CELL.height * (row + 0.5)) / 4;
    dots.push(`M${round(cx - 1.55)} ${round(cy - 1.75)}h3.1v3.5h-3.1z`);
  }
  return dots.join('');
}

/** Which of left, right, up and down a light box drawing character joins. */
const LINES: Readonly<Record<string, string>> = {
  '─': 'lr', '│': 'ud', '┌': 'rd', '┐': 'ld', '└': 'ru', '┘': 'lu', '├': 'rud', '┤': 'lud',
  '┬': 'lrd', '┴': 'lru', '┼': 'lrud', '╴': 'l', '╶': 'r', '╵': 'u', '╷': 'd',
}; // prettier-ignore
const CORNERS: Readonly<Record<string, readonly [dx: 1 | -1, dy: 1 | -1]>> = {
  '╭': [1, 1],
  '╮': [-1, 1],
  '╰': [1, -1],
  '╯': [-1, -1],
};

function line(char: string, x: number, y: number): string | undefined {
  const [cx, cy] = [x + CELL.width / 2, y + CELL.height / 2];
  const corner = CORNERS[char];
  if (corner !== undefined) {
    const [dx, dy] = corner;
    const endX = cx + (dx * CELL.width) / 2;
    const endY = cy + (dy * CELL.height) / 2;
    return `M${endX} ${cy}Q${cx} ${cy} ${cx} ${round(cy + dy * 4.5)}V${endY}`;
  }
  if (char === '━') return `M${x} ${cy}h${CELL.width}`;
  if (char === '╸') return `M${x} ${cy}h${CELL.width / 2}`;
  if (char === '┄') return [0, 1, 2].map((part) => `M${round(x + part * 3 + 0.4)} ${cy}h2`).join('');
  const joins = LINES[char];
  if (joins === undefined) return undefined;
  const ends = { l: `H${x}`, r: `H${x + CELL.width}`, u: `V${y}`, d: `V${y + CELL.height}` };
  return Array.from(joins)
    .map((direction) => `M${cx} ${cy}${ends[direction as keyof typeof ends]}`)
    .join('');
}

/** Filled part of a block element: left eighths, lower eighths, the whole. */
function block(char: string, x: number, y: number): string | undefined {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x2581 && code <= 0x2588) {
    const height = (CELL.height * (code - 0x2580)) / 8;
    return `M${x} ${round(y + CELL.height - height)}h${CELL.width}v${round(height)}h-${CELL.width}z`;
  }
  if (code >= 0x2589 && code <= 0x258f)
    return `M${x} ${y}h${round((CELL.width * (0x2590 - code)) / 8)}v${CELL.height}H${x}z`;
  if (char === '▔') return `M${x} ${y}h${CELL.width}v${round(CELL.height / 8)}h-${CELL.width}z`;
  if (char === '▀') return `M${x} ${y}h${CELL.width}v${CELL.height / 2}h-${CELL.width}z`;
  if (char === '▐') return `M${x + CELL.width / 2} ${y}h${CELL.width / 2}v${CELL.height}h-${CELL.width / 2}z`;
  return undefined;
}

interface Look {
  readonly fg: string;
  readonly bg: string;
}

function look(cell: SeenCell): Look {
  // As terminals do, bold turns the eight dark basic colours into their bright twins.
  const brightened = cell.bold && typeof cell.fg === 'number' && cell.fg < 8 ? cell.fg + 8 : cell.fg;
  const fg = rgb(brightened, FOREGROUND);
  const bg = rgb(cell.bg, BACKGROUND);
  return cell.inverse ? { fg: bg, bg: fg } : { fg, bg };
}

/** What is behind everything: a theme that paints its own ground paints the corner too, and the margin goes with it. */
const groundOf = (cells: readonly (readonly SeenCell[])[]): string => {
  const corner = cells[0]?.[0];
  return corner === undefined ? BACKGROUND : look(corner).bg;
};

/** One rectangle for each run of cells with the same background: neighbours drawn apart would show seams. */
function backgrounds(row: readonly SeenCell[], y: number, ground: string): string[] {
  const found: string[] = [];
  let begun = 0;
  for (let at = 1; at <= row.length; at += 1) {
    const colour = look(row[begun]!).bg;
    if (at < row.length && look(row[at]!).bg === colour) continue;
    const width = (at - begun) * CELL.width;
    if (colour !== ground)
      found.push(
        `<path fill="${colour}" d="M${MARGIN + begun * CELL.width} ${y}h${width}v${CELL.height}h-${width}z"/>`,
      );
    begun = at;
  }
  return found;
}

/** One row of cells with its top at `y`: backgrounds, then lines, blocks and braille, then text. */
function rowParts(
  row: readonly SeenCell[],
  y: number,
  ground: string,
): { backs: string; shapes: string; texts: string } {
  const shapes: string[] = [];
  const texts: string[] = [];
  row.forEach((cell, columnIndex) => {
    const x = MARGIN + columnIndex * CELL.width;
    const { fg } = look(cell);
    const opacity = cell.dim ? ' opacity=".6"' : '';
    if (cell.char === '' || cell.char === ' ') return;
    const code = cell.char.codePointAt(0) ?? 0;
    const filled = code >= 0x2800 && code <= 0x28ff ? braille(code, x, y) : block(cell.char, x, y);
    if (filled !== undefined) {
      if (filled !== '') shapes.push(`<path fill="${fg}"${opacity} d="${filled}"/>`);
      return;
    }
    const stroked = line(cell.char, x, y);
    if (stroked !== undefined) {
      const width = cell.char === '━' || cell.char === '╸' ? 3.2 : 1.2;
      shapes.push(`<path fill="none" stroke="${fg}" stroke-width="${width}"${opacity} d="${stroked}"/>`);
      return;
    }
    const style = `${cell.bold ? ' font-weight="bold"' : ''}${cell.italic ? ' font-style="italic"' : ''}${cell.underline ? ' text-decoration="underline"' : ''}`;
    texts.push(`<text x="${x}" y="${y + 14}" fill="${fg}"${opacity}${style}>${escape(cell.char)}</text>`);
  });
  return { backs: backgrounds(row, y, ground).join(''), shapes: shapes.join('\n'), texts: texts.join('\n') };
}

const FONT = `font-family="'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace" font-size="15"`;

const sizeOf = (columns: number, rows: number) => ({
  width: columns * CELL.width + 2 * MARGIN,
  height: rows * CELL.height + 2 * MARGIN,
});

const opening = (width: number, height: number, title: string, background: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${escape(title)}</title>
<rect width="100%" height="100%" rx="9" fill="${background}"/>`;

export function toSvg(cells: readonly (readonly SeenCell[])[], title: string): string {
  const { width, height } = sizeOf(cells[0]?.length ?? 0, cells.length);
  const ground = groundOf(cells);
  const rows = cells.map((row, rowIndex) => rowParts(row, MARGIN + rowIndex * CELL.height, ground));
  const all = (part: 'backs' | 'shapes' | 'texts', between: string): string =>
    rows
      .map((row) => row[part])
      .filter((text) => text !== '')
      .join(between);
  return `${opening(width, height, title, ground)}
<g shape-rendering="crispEdges">${all('backs', '')}</g>
${all('shapes', '\n')}
<g ${FONT}>
${all('texts', '\n')}
</g>
</svg>
`;
}

export interface Frame {
  /** ms from the beginning */
  readonly at: number;
  readonly cells: readonly (readonly SeenCell[])[];
  /** the key that was just pressed, and what for */
  readonly caption?: string | undefined;
}

/** Frames one after the other, over and over. Rows that several frames share stand in the file once. */
export function toAnimatedSvg(frames: readonly Frame[], endMs: number, title: string): string {
  const first = frames[0]!.cells;
  const { width, height } = sizeOf(first[0]?.length ?? 0, first.length);
  const seconds = (endMs / 1000).toFixed(2);
  const ground = groundOf(first);
  const ids = new Map<string, string>();
  const idOf = (row: readonly SeenCell[]): string => {
    const { backs, shapes, texts } = rowParts(row, 0, ground);
    const drawn = `<g shape-rendering="crispEdges">${backs}</g>${shapes}<g ${FONT}>${texts}</g>`;
    let id = ids.get(drawn);
    if (id === undefined) ids.set(drawn, (id = `r${ids.size.toString(36)}`));
    return id;
  };
  const percent = (ms: number): string => `${((ms / endMs) * 100).toFixed(3)}%`;
  const rules: string[] = [];
  const groups = frames.map(({ at, cells, caption }, i) => {
    const until = frames[i + 1]?.at ?? endMs;
    const shown = i === 0 ? 'visible' : 'hidden';
    rules.push(
      `@keyframes k${i}{0%{visibility:${shown}}${percent(at)}{visibility:visible}${percent(until)}{visibility:hidden}}`,
      `#f${i}{animation:k${i} ${seconds}s step-end infinite}`,
    );
    const rows = cells.map((row, y) => `<use href="#${idOf(row)}" y="${MARGIN + y * CELL.height}"/>`).join('');
    const keycap =
      caption === undefined
        ? ''
        : `<rect x="${width - 330}" y="${height - 62}" width="300" height="34" rx="6" fill="#ffd27f"/><text x="${width - 180}" y="${height - 40}" text-anchor="middle" fill="#16181d" font-weight="bold" ${FONT}>${escape(caption)}</text>`;
    return `<g id="f${i}" visibility="hidden">${rows}${keycap}</g>`;
  });
  const rows = [...ids].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join('\n');
  return `${opening(width, height, title, ground)}
<style>${rules.join('')}</style>
<defs>${rows}</defs>
${groups.join('\n')}
</svg>
`;
}
