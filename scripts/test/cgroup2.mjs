// The container tests once more, on a pure cgroup v2 kernel in the virtual machine.
import { runInMachine } from './machine.mjs';
import { withSecondTry } from './run.mjs';

const BEGIN = '@@tscontain tests begin';
const COUNTS = '@@tscontain counts ';

/** Emulated instructions are about ten times slower: tests multiply their patience by this. */
const SLOWNESS = 10;

const quote = (word) => `'${word.replaceAll("'", `'\\''`)}'`;

/** @param {string[]} files absolute paths of bundled tests */
export function runInCgroup2Machine(files) {
  return withSecondTry(files, runOnce);
}

async function runOnce(files) {
  const reporter = new URL('./reporter.mjs', import.meta.url).pathname;
  const command = [
    `cd ${quote(process.cwd())}`,
    `echo ${quote(BEGIN)}`,
    `export TEST_COUNTS=/tmp/counts.json TEST_SLOWNESS=${SLOWNESS} TEST_VERBOSE=${process.env.TEST_VERBOSE ?? ''}`,
    `node --enable-source-maps --test --test-concurrency=2 --test-reporter=${quote(reporter)} ${files.map(quote).join(' ')}`,
    `echo ${quote(COUNTS)}"$(cat /tmp/counts.json)"`,
  ].join('\n');
  let counts;
  let shown = false;
  await runInMachine(command, {
    seconds: 1200,
    onLine(line) {
      if (line.startsWith(COUNTS)) {
        const said = line.slice(COUNTS.length).trim();
        if (said !== '') counts = JSON.parse(said);
        shown = false;
      }
      if (shown) console.log(line);
      // What the firmware wrote stands before it, on the same line.
      if (line.includes(BEGIN)) shown = true;
    },
  });
  if (counts === undefined) {
    console.log('the virtual machine ended without a result');
    return { passed: 0, failed: 1, skipped: 0, failedFiles: [] };
  }
  return counts;
}
