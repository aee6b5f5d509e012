// tscontain login
import { login as logIn, registryName, TscontainError } from '../../engine/index.js';
import { ask, askSecret } from '../ask.js';
import { flag, text, type Command, type Values } from '../command.js';
import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { interruptible } from '../interruption.js';
import { printable } from '../output.js';

/** Bytes: tokens of cloud providers have some kilobytes. */
const MAX_SECRET_BYTES = 64 * 1024;

async function readSecret(context: Context): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of context.stdin) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > MAX_SECRET_BYTES) {
      throw new TscontainError('INVALID_VALUE', 'what comes on standard input is too long for a password');
    }
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

async function readCredentials(context: Context, values: Values): Promise<{ username: string; password: string }> {
  const given = { username: text(values, 'username'), password: text(values, 'password') };
  if (flag(values, 'passwordStdin')) {
    if (given.password !== undefined) {
      throw new TscontainError('INVALID_VALUE', '--password and --password-stdin are two passwords', {
        hint: 'give one',
      });
    }
    if (given.username === undefined) {
      throw new TscontainError('INVALID_VALUE', '--password-stdin needs a user name', { hint: 'give it with -u NAME' });
    }
    return { username: given.username, password: await readSecret(context) };
  }
  if (given.password !== undefined) {
    context.warn('a password among the words of a command is seen by everybody on this host: use --password-stdin');
  }
  const instead = 'give them with -u NAME and --password-stdin';
  return {
    username: given.username ?? (await ask(context, 'User name', instead)),
    password: given.password ?? (await askSecret(context, 'Password', instead)),
  };
}

export const login: Command = {
  name: 'login',
  summary: 'Log in to a registry',
  description:
    'The name and the password are tried first. They are kept where Docker keeps them: with the credential helper that ' +
    '~/.docker/config.json names, else in that file (DOCKER_CONFIG names another directory), where its owner can read them.',
  arguments: [{ name: 'registry', optional: true }],
  options: [
    { flags: '-u, --username <name>', description: 'who you are there; asked for when absent' },
    { flags: '-p, --password <password>', description: 'seen by everybody on this host: rather use the next one' },
    { flags: '--password-stdin', description: 'read the password from standard input' },
  ],
  examples: [{ command: 'pass show ghcr | tscontain login ghcr.io -u me --password-stdin', what: 'without typing it' }],
  run(context, [server], values) {
    return interruptible(context, 'nothing was kept', async (signal) => {
      registryName(server);
      const credentials = await readCredentials(context, values);
      const { registry, keptAt } = await logIn(server, credentials, { signal });
      context.print(`Login Succeeded: ${printable(registry)}, kept in ${printable(keptAt)}`);
      return EXIT.ok;
    });
  },
};
