// Deleting what hostile containers leave behind.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { deleteTree } from '../../../src/engine/state/delete-tree.js';
import { diskUsage } from '../../../src/engine/state/disk-usage.js';
import { stateDirectory } from '../../support/state-directory.js';

describe('deleting a tree', () => {
  it('follows no link out of it', async (t) => {
    const root = stateDirectory(t);
    const [tree, canary] = [join(root, 'tree'), join(root, 'canary')];
    mkdirSync(tree);
    mkdirSync(canary);
    writeFileSync(join(canary, 'file'), 'alive');
    symlinkSync(canary, join(tree, 'link'));
    await deleteTree(tree);
    assert.deepEqual([existsSync(tree), existsSync(join(canary, 'file'))], [false, true]);
    symlinkSync(canary, tree);
    await deleteTree(tree);
    assert.ok(existsSync(join(canary, 'file')));
    await deleteTree(tree);
  });

  it('takes names of any bytes and directories deeper than any path can be', async (t) => {
    const root = stateDirectory(t);
    const tree = join(root, 'tree');
    mkdirSync(tree);
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe, 0x0a, 0x1b])]), 'x');
    // From the inside out: no path in this is long, and the whole is 300 × 20 bytes deep.
    for (let depth = 0; depth < 300; depth++) {
      const next = mkdtempSync(join(root, 'level-'));
      writeFileSync(join(next, 'file'), 'x');
      renameSync(tree, join(next, 'nested-directory-x'));
      renameSync(next, tree);
    }
    await deleteTree(tree);
    assert.deepEqual(readdirSync(root), []);
  });

  it('can be done by two at once', async (t) => {
    const root = stateDirectory(t);
    const tree = join(root, 'tree');
    for (let i = 0; i < 300; i++) {
      mkdirSync(join(tree, `d${i % 7}`, `e${i}`), { recursive: true });
      writeFileSync(join(tree, `d${i % 7}`, `e${i}`, 'file'), 'x');
    }
    await Promise.all([deleteTree(tree), deleteTree(tree)]);
    assert.ok(!existsSync(tree));
  });

  it('lets the event loop live', async (t) => {
    const root = stateDirectory(t);
    const tree = join(root, 'tree');
    for (let i = 0; i < 40; i++) {
      mkdirSync(join(tree, `d${i}`), { recursive: true });
      for (let j = 0; j < 40; j++) writeFileSync(join(tree, `d${i}`, `f${j}`), '');
    }
    assert.ok((await diskUsage(tree)) >= 40 * 4096);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const begun = performance.now();
    await deleteTree(tree);
    clearInterval(timer);
    const took = performance.now() - begun;
    assert.ok(turns >= Math.floor(took / 100), `${turns} turns in ${took} ms`);
  });
});
