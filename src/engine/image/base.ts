// The image `base`: a small root file system made from the host's own programs, so that there is something to run on a
// machine that has no image at all. Files are copied, never linked: what a container does cannot reach the host's.
import { constants } from 'node:fs';
import {
  access,
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  realpath,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { TscontainError } from '../errors.js';
import { baseFiles } from './base-files.js';
import { Libraries, type FilePlan } from './libraries.js';
import { NO_DEFAULTS, type ImageDefaults } from './oci.js';
import { ESSENTIAL, LOCALE_DIRECTORY, LOCALE_FILES, PROGRAMS, TERMINALS, VIM_RUNTIME } from './programs.js';

const SEARCH = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

/** All of it lies below /usr; the old places are links, as in every current distribution. */
const MERGED: readonly (readonly [link: string, to: string])[] = [
  ['bin', 'usr/bin'],
  ['sbin', 'usr/bin'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
  ['usr/sbin', 'bin'],
];

const inImage = (path: string): string => path.replace(/^\/(bin|lib|lib64)\//, '/usr/$1/');

const DIRECTORIES: readonly (readonly [path: string, mode: number])[] = [
  ...[
    'dev',
    'etc',
    'home',
    'mnt',
    'opt',
    'proc',
    'run',
    'srv',
    'sys',
    'usr/bin',
    'usr/lib',
    'usr/lib64',
    'usr/local/bin',
    'usr/share',
    'var/log',
  ].map((path) => [path, 0o755] as const),
  ['root', 0o700],
  ['tmp', 0o1777],
  ['var/tmp', 0o1777],
];

/** Makes a directory and its parents with modes that do not depend on the umask. */
async function makeDirectories(root: string, path: string, mode = 0o755): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let count = 1; count <= parts.length; count++) {
    const directory = join(root, ...parts.slice(0, count));
    const made = await mkdir(directory).then(
      () => true,
      () => false,
    );
    if (made) await chmod(directory, count === parts.length ? mode : 0o755);
  }
}

async function findProgram(name: string): Promise<FilePlan | undefined> {
  for (const directory of SEARCH) {
    const path = join(directory, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return { source: await realpath(path), target: `/usr/bin/${name}` };
  }
  return undefined;
}

const SCRIPT = Buffer.from('#!');

/** A script runs in the image if its interpreter is there, which is certain only of the shells. */
async function canRun({ source }: FilePlan): Promise<boolean> {
  const text = await readFile(source);
  return !text.subarray(0, 2).equals(SCRIPT) || /^#!\s*\/(usr\/)?bin\/(ba)?sh\b/.test(text.toString('latin1', 0, 64));
}

async function filesBelow(directory: string, names: readonly string[]): Promise<FilePlan[]> {
  const plans = names.map((name) => join(directory, name));
  const there = await Promise.all(
    plans.map((path) =>
      stat(path).then(
        (found) => found.isFile(),
        () => false,
      ),
    ),
  );
  return plans.filter((_, i) => there[i]).map((path) => ({ source: path, target: path }));
}

async function terminfo(): Promise<FilePlan[]> {
  const names = TERMINALS.map((name) => join(name[0]!, name));
  const perPlace = await Promise.all(
    ['/usr/share/terminfo', '/lib/terminfo', '/etc/terminfo'].map((place) => filesBelow(place, names)),
  );
  return perPlace.flat();
}

const locale = (): Promise<FilePlan[]> => filesBelow(LOCALE_DIRECTORY, LOCALE_FILES);

async function vimRuntime(): Promise<FilePlan[]> {
  const versions = await readdir('/usr/share/vim').catch(() => []);
  const runtime = versions
    .filter((name) => /^vim\d+$/.test(name))
    .sort()
    .at(-1);
  return runtime === undefined ? [] : filesBelow(join('/usr/share/vim', runtime), VIM_RUNTIME);
}

async function planFiles(): Promise<FilePlan[]> {
  const found = (await Promise.all(PROGRAMS.map(findProgram))).filter((plan) => plan !== undefined);
  const runnable = await Promise.all(found.map(canRun));
  const programs = found.filter((_, i) => runnable[i]);
  const missing = ESSENTIAL.filter((name) => !programs.some(({ target }) => target === `/usr/bin/${name}`));
  if (missing.length > 0) {
    throw new TscontainError('NOT_SUPPORTED', `the image base cannot be made: this host has no ${missing.join(', ')}`, {
      hint: 'bring a root file system along: tscontain image import TARBALL NAME',
    });
  }
  const libraries = new Libraries();
  for (const source of new Set(programs.map((plan) => plan.source))) await libraries.add(source);
  return [...programs, ...libraries.plans(), ...(await terminfo()), ...(await locale()), ...(await vimRuntime())].map(
    ({ source, target }) => ({ source, target: inImage(target) }),
  );
}

/** Copies each file once; its other names are links to it. */
async function copyFiles(plans: readonly FilePlan[], root: string): Promise<void> {
  const first = new Map<string, string>();
  const copies: Promise<void>[] = [];
  for (const { source, target } of plans) {
    await makeDirectories(root, dirname(target));
    const other = first.get(source);
    if (other === target) continue;
    if (other !== undefined) {
      await symlink(relative(dirname(target), other), join(root, target));
      continue;
    }
    first.set(source, target);
    const { mode } = await stat(source);
    copies.push(copyOne(source, join(root, target), mode));
  }
  await Promise.all(copies);
}

/** No set-user-id bits: in a container of its own root needs no help to be root. */
async function copyOne(source: string, target: string, mode: number): Promise<void> {
  await copyFile(source, target, constants.COPYFILE_EXCL);
  await chmod(target, mode & 0o755);
}

/**
 * Fills an empty directory with the root file system.
 * @returns what a container of it is like unless it is told otherwise
 * @throws TscontainError NOT_SUPPORTED on a host without the most basic programs, node:fs errors
 */
export async function makeBase(root: string): Promise<ImageDefaults> {
  const plans = await planFiles();
  await chmod(root, 0o755);
  for (const [path, mode] of DIRECTORIES) await makeDirectories(root, path, mode);
  for (const [link, to] of MERGED) await symlink(to, join(root, link));
  await copyFiles(plans, root);
  const hasBash = plans.some(({ target }) => target === '/usr/bin/bash');
  const files = await baseFiles(hasBash);
  for (const [path, text] of Object.entries(files)) {
    await makeDirectories(root, dirname(path));
    await writeFile(join(root, path), text);
    await chmod(join(root, path), 0o644);
  }
  await symlink('/proc/mounts', join(root, 'etc/mtab'));
  return {
    ...NO_DEFAULTS,
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C.UTF-8'],
    cmd: [hasBash ? 'bash' : 'sh'],
    workingDir: '/',
  };
}
