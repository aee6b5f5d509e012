// What the commands, the supervisor and the keeper in dist/ are: a few lines that run the program of the same name in dist/programs/
// from the code into which V8 compiled it the first time. That is a third of what a command takes, and of the time until a new
// supervisor has started its first container. The code is kept beside the program: whoever could change the one could change the other.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Script } from 'node:vm';

/** As CommonJS modules are wrapped (node:module, wrap()). */
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n});'] as const;

type Program = (exports: object, require: NodeJS.Require, module: NodeJS.Module, file: string, folder: string) => void;

function readKept(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Whole or not at all, a power cut included: V8 runs what it finds. @throws where nothing can be written, or no more */
function keep(path: string, code: Buffer): void {
  const made = `${path}.${process.pid}`;
  try {
    writeFileSync(made, code, { flag: 'wx', flush: true });
    renameSync(made, path);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

const folder = join(__dirname, 'programs');
const file = join(folder, basename(__filename));
// It is ASCII (scripts/build.mjs), and read faster as such.
const source = readFileSync(file, 'latin1');
// V8 itself only compares lengths. The first line of a program is a comment with the digest of the rest (scripts/build.mjs).
const digest = source.slice('//'.length, source.indexOf('\n'));
const kept = `${file}.${digest}-${process.version}-${process.arch}`;
const cachedData = readKept(kept);
const script = new Script(WRAPPER.join(source), {
  filename: file,
  ...(cachedData === undefined ? {} : { cachedData }),
});
if (script.cachedDataRejected !== false) {
  // At the end, when what a command needs has been compiled too.
  process.once('exit', () => {
    try {
      keep(kept, script.createCachedData());
    } catch {
      // Then it is compiled each time.
    }
  });
}
(script.runInThisContext() as Program)(exports as object, require, module, file, folder);
