// Questions on the terminal, and secrets that are typed there without being seen.
import { createInterface } from 'node:readline/promises';
import { StringDecoder } from 'node:string_decoder';
import { TscontainError } from '../engine/index.js';
import type { Context } from './context.js';

/** @throws TscontainError INVALID_VALUE where nobody can be asked */
export async function ask(context: Context, question: string, instead: string): Promise<string> {
  requireTerminal(context, question, instead);
  const reader = createInterface({ input: context.stdin, output: context.stderr });
  try {
    return (await reader.question(`${question}: `)).trim();
  } finally {
    reader.close();
  }
}

/**
 * Whether somebody says yes; anything else is no.
 * @param question is made when it is known that somebody can be asked, and may say more before
 * @throws TscontainError INVALID_VALUE where nobody can
 */
export async function confirm(context: Context, command: string, question: () => Promise<string>): Promise<boolean> {
  if (!context.stdin.isTTY)
    throw new TscontainError('INVALID_VALUE', `${command} asks first and there is no terminal to ask`, {
      hint: 'add --force',
    });
  const asked = await question();
  const reader = createInterface({ input: context.stdin, output: context.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(`${asked} Go on? [y/N] `)).trim());
  } finally {
    reader.close();
  }
}

const ENTER = new Set(['\r', '\n', '\u0004']);
const ERASE = new Set(['\b', '\u007f']);
const CTRL_C = '\u0003';
const CTRL_U = '\u0015';

/** @throws TscontainError INVALID_VALUE where nobody can be asked, and for ctrl-C */
export function askSecret(context: Context, question: string, instead: string): Promise<string> {
  requireTerminal(context, question, instead);
  const { stdin, stderr } = context;
  stderr.write(`${question}: `);
  stdin.setRawMode(true);
  return new Promise<string>((resolve, reject) => {
    const decoder = new StringDecoder('utf8');
    let typed: string[] = [];
    const onData = (data: Buffer): void => {
      for (const character of decoder.write(data)) {
        if (ENTER.has(character)) {
          end();
          resolve(typed.join(''));
          return;
        }
        if (character === CTRL_C) {
          end();
          reject(new TscontainError('INVALID_VALUE', 'nothing was given'));
          return;
        }
        if (ERASE.has(character)) typed.pop();
        else if (character === CTRL_U) typed = [];
        else typed.push(character);
      }
    };
    const end = (): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
    };
    stdin.on('data', onData);
    stdin.resume();
  });
}

function requireTerminal({ stdin }: Context, question: string, instead: string): void {
  if (stdin.isTTY) return;
  throw new TscontainError('INVALID_VALUE', `there is no terminal to ask on: ${question.toLowerCase()}`, {
    hint: instead,
  });
}
