// The program nft: it is told a whole transaction and does all of it or nothing.
import { spawn } from 'node:child_process';
import { shown } from '../../grammar/wrong.js';

/** How it went: done, there is no such program, or it refused and why in its own words, fit for a terminal. */
export type Outcome = 'done' | 'missing' | { readonly refused: string };

/** A table of tens of thousands of ports takes it a fraction of a second; more than this it is stuck. */
const PATIENCE_MS = 30_000;
const MAX_SAID = 4_096;

export function runNft(transaction: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn('nft', ['-f', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, MAX_SAID)));
    // One that ends without reading is told by its exit.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      const isMissing = 'code' in error && error.code === 'ENOENT';
      resolve(isMissing ? 'missing' : { refused: shown(error.message) });
    });
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve('done');
        return;
      }
      const [line = ''] = said.split('\n');
      const end = signal === null ? `exit code ${String(code)}` : `it was ended by ${signal}`;
      resolve({ refused: line === '' ? end : shown(line) });
    });
    child.stdin.end(transaction);
  });
}
