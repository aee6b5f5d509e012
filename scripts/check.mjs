// `npm run check`: types, lint (with import direction), format and the pure tests, in under a minute.
import { spawn } from 'node:child_process';

const steps = {
  types: ['npx', ['tsc', '-p', '.']],
  lint: [
    'npx',
    ['eslint', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint', 'src', 'test', 'bench'],
  ],
  format: [
    'npx',
    ['prettier', '--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'],
  ],
  docs: ['node', ['scripts/docs.mjs', '--check']],
  pure: ['node', ['scripts/test.mjs', 'pure']],
};

function run(name, [command, args]) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

const { isInstalled, install } = await import('./install.mjs');
if (!isInstalled() && !install()) process.exit(1);

const only = process.argv.slice(2);
const chosen = Object.entries(steps).filter(([name]) => only.length === 0 || only.includes(name));
const results = await Promise.all(chosen.map(([name, step]) => run(name, step)));
process.exitCode = results.every(Boolean) ? 0 : 1;
