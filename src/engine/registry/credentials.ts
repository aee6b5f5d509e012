// User names and passwords of registries, where Docker keeps them: in ~/.docker/config.json, or with a helper that it names.
// Whoever logged in with docker is logged in here, and the other way round. Tests: test/pure/engine/registry/credentials.test.ts.
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { DOCKER_HUB } from '../image/reference.js';
import { errnoOf, fileError } from '../state/file-errors.js';
import { askHelper } from './credential-helper.js';
import { loginWords } from './failure.js';

/** A password, or a token that stands for a login somewhere else. */
export type Credentials = { readonly username: string; readonly password: string } | { readonly identityToken: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** Under this Docker keeps what belongs to Docker Hub. */
const HUB_KEY = 'https://index.docker.io/v1/';
const HUB_NAMES: readonly string[] = [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'];

export function configFile(environment: Environment): string {
  const directory = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker');
  return join(directory, 'config.json');
}

/** @throws TscontainError INVALID_VALUE for a file that is no JSON, UNAUTHORIZED when a helper fails */
export async function findCredentials(registry: string, environment: Environment): Promise<Credentials | undefined> {
  const path = configFile(environment);
  const config = readConfig(path) ?? {};
  const helper = helperFor(registry, config, path);
  if (helper === undefined) return inFile(registry, config);
  const found = await askHelper(helper, 'get', keyOf(registry), environment);
  return found === undefined ? undefined : fromHelper(helper, found);
}

/** @returns where they are kept now */
export async function keepCredentials(
  registry: string,
  credentials: { readonly username: string; readonly password: string },
  environment: Environment,
): Promise<string> {
  const path = configFile(environment);
  const config = readConfig(path) ?? {};
  const helper = helperFor(registry, config, path);
  if (helper !== undefined) {
    const { username, password } = credentials;
    const said = JSON.stringify({ ServerURL: keyOf(registry), Username: username, Secret: password });
    await askHelper(helper, 'store', said, environment);
    // Docker lists in the file who is logged in, without the secret.
    await write(path, { ...config, auths: { ...authsOf(config), [keyOf(registry)]: {} } });
    return `docker-credential-${helper}`;
  }
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  await write(path, { ...config, auths: { ...without(config, registry), [keyOf(registry)]: { auth } } });
  return path;
}

/** @returns whether there were any */
export async function forgetCredentials(registry: string, environment: Environment): Promise<boolean> {
  const path = configFile(environment);
  const config = readConfig(path);
  if (config === undefined) return false;
  const helper = helperFor(registry, config, path);
  const had = keysFor(registry, config).length > 0;
  const kept = helper === undefined ? undefined : await askHelper(helper, 'get', keyOf(registry), environment);
  if (helper !== undefined && kept !== undefined) await askHelper(helper, 'erase', keyOf(registry), environment);
  if (had) await write(path, { ...config, auths: without(config, registry) });
  return had || kept !== undefined;
}

const keyOf = (registry: string): string => (registry === DOCKER_HUB ? HUB_KEY : registry);

type Config = Readonly<Record<string, unknown>>;

function readConfig(path: string): Config | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw fileError(error, 'read the credentials of registries');
  }
  const value = parse(text);
  if (isObject(value)) return value;
  throw new TscontainError('INVALID_VALUE', `${path} is no JSON object`, {
    hint: 'mend it, or move it aside and log in again',
  });
}

/** Its other fields are Docker's and stay. A link is written through, and nobody but its owner reads it. */
async function write(path: string, config: Config): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await atomicWrite(realPath(path), `${JSON.stringify(config, undefined, '\t')}\n`, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'keep the credentials');
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function helperFor(registry: string, config: Config, path: string): string | undefined {
  const helpers = isObject(config['credHelpers']) ? config['credHelpers'] : {};
  const name = helpers[keyOf(registry)] ?? helpers[registry] ?? config['credsStore'];
  if (name === undefined || name === '') return undefined;
  // It becomes the name of a program.
  if (typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) return name;
  throw new TscontainError(
    'INVALID_VALUE',
    `${path} names the credential helper ${shown(typeof name === 'string' ? name : JSON.stringify(name))}, which cannot be`,
    {
      hint: 'a helper is named without "docker-credential-" before it: pass, secretservice, ecr-login',
    },
  );
}

const authsOf = (config: Config): Readonly<Record<string, unknown>> =>
  isObject(config['auths']) ? config['auths'] : {};

/** What is kept for a registry: also under addresses as older versions wrote them. */
function keysFor(registry: string, config: Config): string[] {
  const names = registry === DOCKER_HUB ? HUB_NAMES : [registry];
  const keys = Object.keys(authsOf(config));
  return [
    ...keys.filter((key) => key === keyOf(registry)),
    ...keys.filter((key) => key !== keyOf(registry) && names.includes(hostOf(key))),
  ];
}

const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');

function without(config: Config, registry: string): Record<string, unknown> {
  const gone = keysFor(registry, config);
  return Object.fromEntries(Object.entries(authsOf(config)).filter(([key]) => !gone.includes(key)));
}

function inFile(registry: string, config: Config): Credentials | undefined {
  for (const key of keysFor(registry, config)) {
    const entry = authsOf(config)[key];
    if (!isObject(entry)) continue;
    const { identitytoken: token, auth, username, password } = entry;
    if (typeof token === 'string' && token !== '') return { identityToken: token };
    if (typeof auth === 'string' && auth !== '') return decode(auth, registry);
    if (typeof username === 'string' && username !== '' && typeof password === 'string') return { username, password };
  }
  return undefined;
}

function decode(auth: string, registry: string): Credentials {
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  throw new TscontainError('UNAUTHORIZED', `what is kept as the login of ${registry} cannot be read`, {
    hint: `log in again: ${loginWords(registry)}`,
  });
}

/** "<token>" as a user name says that the secret is one. */
function fromHelper(helper: string, answer: string): Credentials {
  const value = parse(answer);
  const { Username: username, Secret: secret } = isObject(value) ? value : {};
  if (typeof username === 'string' && typeof secret === 'string') {
    return username === '<token>' ? { identityToken: secret } : { username, password: secret };
  }
  throw new TscontainError('UNAUTHORIZED', `docker-credential-${helper} answers with what are no credentials`, {
    hint: 'log in again, or take the helper out of Docker’s config.json',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
