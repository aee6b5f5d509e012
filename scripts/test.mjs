// `npm test`, or `node scripts/test.mjs [level …] [-- words …]` for some levels and the files whose path has a word.
// Installs what is missing, builds, and runs every level that this machine can run. A level that cannot run says why on
// one line; a level that should run here and ran nothing is a failure.
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
process.chdir(root);

const { isInstalled, install } = await import('./install.mjs');
if (!isInstalled() && !install()) process.exit(1);
const { isStale, buildProducts } = await import('./build.mjs');
const { levels } = await import('./test/levels.mjs');
const { buildTests } = await import('./test/build.mjs');
const { runFiles } = await import('./test/run.mjs');

const words = process.argv.slice(2);
const split = words.indexOf('--');
const wanted = split < 0 ? words : words.slice(0, split);
const filters = split < 0 ? [] : words.slice(split + 1);
const unknown = wanted.find((name) => !levels.some((level) => level.name === name));
if (unknown !== undefined) {
  console.error(`there is no test level "${unknown}": choose from ${levels.map((level) => level.name).join(', ')}`);
  process.exit(2);
}

const chosen = levels.filter((level) => wanted.length === 0 || wanted.includes(level.name));
if (chosen.some((level) => level.needsProducts) && isStale()) await buildProducts();

const total = { passed: 0, failed: 0, skipped: 0 };
for (const level of chosen) {
  const reason = level.cannotRun();
  if (reason !== undefined) {
    console.log(`\n── ${level.name}: skipped, ${reason}`);
    continue;
  }
  const started = Date.now();
  console.log(`\n── ${level.name}`);
  const isWanted = (file) =>
    (level.files?.test(file) ?? true) && (filters.length === 0 || filters.some((word) => file.includes(word)));
  const files = await buildTests(level.folder, isWanted);
  const counts = await (level.run ?? runFiles)(
    files.map((file) => join(root, file)),
    level,
  );
  if (filters.length === 0 && counts.passed + counts.failed === 0) {
    console.log(`level ${level.name} should run on this machine and ran no test`);
    counts.failed += 1;
  }
  for (const key of Object.keys(total)) total[key] += counts[key];
  console.log(
    `── ${level.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
}
if (total.passed + total.failed === 0) {
  console.log('no test ran');
  total.failed += 1;
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
