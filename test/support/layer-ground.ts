// Where hostile layers are unpacked: an empty tree, and beside it canaries that must be as they were.
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { wholeFile, type LayerFacts, type LayerWanted } from '../../src/engine/image/layer/model.js';
import { unpackLayer } from '../../src/engine/image/layer/unpack-layer.js';
import { deleteTree } from '../../src/engine/state/delete-tree.js';
import { getXattr } from '../../src/native/index.js';

export interface LayerGround {
  readonly top: string;
  readonly tree: string;
  /** beside the tree, with a file and a directory that must stay as they are */
  readonly outside: string;
  /** Writes the bytes to a file and unpacks them. */
  readonly unpack: (bytes: Buffer, wanted?: Partial<LayerWanted>) => Promise<LayerFacts>;
}

/** What of the host a layer would most like to change, and the canaries beside the tree. */
const HOST = ['/etc/passwd', '/etc/shadow', '/etc', '/root', '/tmp', '/'];

/** Others may be at work there meanwhile, so what counts is whose they are and what they allow. */
function seen(path: string): string {
  const { mode, uid, gid, nlink } = lstatSync(path);
  const content = path.startsWith('/etc/') ? /evil/.test(readFileSync(path, 'utf8')) : '';
  return [path, mode.toString(8), uid, gid, path.startsWith('/etc/') ? nlink : '', content].join(' ');
}

export function layerGround(t: TestContext): LayerGround {
  const before = HOST.map(seen);
  let outside = '';
  // Registered first, for what is registered first is done first.
  t.after(() => {
    assert.deepEqual(HOST.map(seen), before);
    assert.deepEqual(readdirSync(outside).sort(), ['directory', 'file']);
    assert.deepEqual(readdirSync(join(outside, 'directory')), ['inner']);
    assert.equal(readFileSync(join(outside, 'file'), 'utf8'), 'untouched');
    const { mode, nlink, mtimeMs } = lstatSync(join(outside, 'file'));
    assert.deepEqual([mode & 0o7777, nlink, mtimeMs], [0o600, 1, written]);
  });
  const top = mkdtempSync(join(tmpdir(), 'tscontain-test-'));
  // Paths in it can be longer than node:fs takes.
  t.after(() => deleteTree(top));
  const tree = join(top, 'tree');
  outside = join(top, 'outside');
  mkdirSync(tree);
  mkdirSync(join(outside, 'directory'), { recursive: true });
  writeFileSync(join(outside, 'directory/inner'), 'untouched');
  writeFileSync(join(outside, 'file'), 'untouched', { mode: 0o600 });
  const written = lstatSync(join(outside, 'file')).mtimeMs;
  const unpack = (bytes: Buffer, wanted: Partial<LayerWanted> = {}) => {
    writeFileSync(join(top, 'blob'), bytes);
    return unpackLayer({ file: wholeFile(join(top, 'blob')), tree, ...wanted });
  };
  return { top, tree, outside, unpack };
}

/** What is in a layer's tree, a line a name, marks as what they are. */
export function layerLines(tree: string): string[] {
  const lines: string[] = [];
  const visit = (path: string) => {
    for (const name of readdirSync(join(tree, path)).sort()) {
      const at = join(path, name);
      const stat = lstatSync(join(tree, at));
      if (stat.isCharacterDevice() && stat.rdev === 0) lines.push(`gone ${at}`);
      else if (stat.isDirectory()) {
        lines.push(`d ${at}/${isOpaqueAt(join(tree, at)) ? ' opaque' : ''}`);
        visit(at);
      } else if (stat.isSymbolicLink()) lines.push(`l ${at} -> ${readlinkSync(join(tree, at))}`);
      else if (stat.isFile()) lines.push(`f ${at} ${readFileSync(join(tree, at), 'utf8')}`.trimEnd());
      else lines.push(`${stat.isFIFO() ? 'p' : stat.isCharacterDevice() ? 'c' : 'b'} ${at}`);
    }
  };
  visit('');
  return lines;
}

export const isOpaqueAt = (path: string): boolean => getXattr(path, 'trusted.overlay.opaque')?.toString() === 'y';
