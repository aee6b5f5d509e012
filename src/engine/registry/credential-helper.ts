// Docker's credential helpers: programs that keep passwords, asked by a word and a text on their standard input.
// https://github.com/docker/docker-credential-helpers
import { spawn } from 'node:child_process';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';

/** One may ask its owner to unlock something. */
const PATIENCE_MS = 30_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** What helpers say, in these words, when they have nothing: that is no failure. */
const NOT_FOUND = 'credentials not found in native keychain';

/** @returns what it says; undefined when it has no credentials @throws TscontainError UNAUTHORIZED, TIMEOUT */
export async function askHelper(
  helper: string,
  verb: 'get' | 'store' | 'erase',
  said: string,
  environment: Readonly<Record<string, string | undefined>>,
  patienceMs = PATIENCE_MS,
): Promise<string | undefined> {
  const program = `docker-credential-${helper}`;
  const { code, output, isLate, failure } = await run(program, verb, said, environment, patienceMs);
  if (failure !== undefined) {
    throw new TscontainError('UNAUTHORIZED', `the credential helper ${program} cannot be run: ${failure}`, {
      hint: 'install it, or take it out of Docker’s config.json',
    });
  }
  if (isLate) {
    throw new TscontainError('TIMEOUT', `the credential helper ${program} gave no answer for ${patienceMs / 1000} s`, {
      hint: 'it may be waiting for somebody to unlock it',
    });
  }
  if (code === 0) return output;
  if (output.includes(NOT_FOUND)) return undefined;
  throw new TscontainError('UNAUTHORIZED', `the credential helper ${program} fails: ${shown(output.trim())}`, {
    hint: 'log in again, or take it out of Docker’s config.json',
  });
}

interface Ending {
  readonly code: number | null;
  readonly output: string;
  readonly isLate: boolean;
  readonly failure?: string;
}

function run(
  program: string,
  verb: string,
  said: string,
  environment: Readonly<Record<string, string | undefined>>,
  patienceMs: number,
): Promise<Ending> {
  return new Promise((resolve) => {
    // A group of its own, so that what it starts goes with it.
    const child = spawn(program, [verb], { env: environment, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
    const chunks: Buffer[] = [];
    let length = 0;
    let isLate = false;
    const kill = (): void => {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const late = setTimeout(() => {
      isLate = true;
      kill();
    }, patienceMs);
    const end = (ending: Pick<Ending, 'code'> & Partial<Ending>): void => {
      clearTimeout(late);
      resolve({ output: Buffer.concat(chunks).toString('utf8'), isLate, ...ending });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else kill();
    });
    // One that ends without reading is told by its exit.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => end({ code: null, failure: 'code' in error ? String(error.code) : error.message }));
    child.on('close', (code) => end({ code }));
    child.stdin.end(said);
  });
}
