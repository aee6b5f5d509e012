// Everything that is known of a container as lines: a tree that folds, or JSON.
import type { Container } from '../../engine/index.js';

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

function leafText(value: unknown): string {
  if (value === '') return '""';
  return typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? '');
}

function treeLines(value: unknown, folded: ReadonlySet<string>): readonly InspectLine[] {
  const lines: InspectLine[] = [];
  const visit = (branch: object, prefix: string, depth: number): void => {
    for (const [key, child] of Object.entries(branch) as [string, unknown][]) {
      if (child === undefined) continue;
      const path = prefix === '' ? key : `${prefix}/${key}`;
      if (!isBranch(child)) {
        lines.push({ path, depth, key, value: leafText(child), kind: 'leaf', folded: false });
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
): readonly InspectLine[] {
  return as === 'tree' ? treeLines(container, folded) : jsonLines(container);
}
