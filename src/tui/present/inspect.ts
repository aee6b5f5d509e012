// Any JSON value as lines: a tree that folds, or the JSON itself.

export interface TreeLine {
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
  return typeof value === 'string' ? value : (JSON.stringify(value) as string | undefined) ?? '';
}

export function treeLines(value: unknown, folded: ReadonlySet<string>): readonly TreeLine[] {
  const lines: TreeLine[] = [];
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

export const jsonLines = (value: unknown): readonly string[] => JSON.stringify(value, undefined, 2).split('\n');
