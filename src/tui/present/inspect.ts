// Everything that is known of a container as lines: a tree that folds, or JSON.
import { inspectDocker, type Container } from '../../engine/index.js';

export interface InspectLine {
  /** keys from the root, joined by "/": what is remembered as folded */
  readonly path: string;
  readonly depth: number;
  readonly key: string;
  /** of a leaf, or "3 entries" of a branch */
  readonly value: string;
  readonly kind: 'branch' | 'leaf';
  readonly folded: boolean;
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A short list of plain values is read best on one line. */
const INLINE_CHARACTERS = 100;

function inlineList(value: object): string | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.some(isBranch)) return undefined;
  const text = value.map(leafText).join('  ');
  return text.length <= INLINE_CHARACTERS ? text : undefined;
}

function leafText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '""' : value;
  return JSON.stringify(value);
}

function treeLines(value: unknown, folded: ReadonlySet<string>): readonly InspectLine[] {
  const lines: InspectLine[] = [];
  const visit = (branch: object, prefix: string, depth: number): void => {
    for (const [key, child] of Object.entries(branch) as [string, unknown][]) {
      // The version of the file's format says nothing of the container.
      if (child === undefined || key === 'schema') continue;
      const path = prefix === '' ? key : `${prefix}/${key}`;
      if (!isBranch(child)) {
        lines.push({ path, depth, key, value: leafText(child), kind: 'leaf', folded: false });
        continue;
      }
      const inline = inlineList(child);
      if (inline !== undefined) {
        lines.push({ path, depth, key, value: inline, kind: 'leaf', folded: false });
        continue;
      }
      const size = Object.keys(child).length;
      const isFolded = folded.has(path) || size === 0;
      const none = Array.isArray(child) ? '[]' : '{}';
      const value = size === 0 ? none : isFolded ? `${size} ${size === 1 ? 'entry' : 'entries'}` : '';
      lines.push({ path, depth, key, value, kind: size === 0 ? 'leaf' : 'branch', folded: isFolded });
      if (!isFolded) visit(child, path, depth + 1);
    }
  };
  if (isBranch(value)) visit(value, '', 0);
  return lines;
}

const jsonLines = (value: unknown): readonly InspectLine[] =>
  JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line, i) => ({ path: String(i), depth: 0, key: '', value: line, kind: 'leaf', folded: false }));

export function inspectLines(
  container: Container,
  as: 'tree' | 'json',
  folded: ReadonlySet<string>,
  root: string,
): readonly InspectLine[] {
  const { state, config, cgroup } = container;
  return as === 'tree' ? treeLines({ state, config, cgroup }, folded) : jsonLines(inspectDocker(container, root));
}
