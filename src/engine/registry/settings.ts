// registries.json: mirrors, plain http and certificates by registry (docs/registries.md).
//
//   { "docker.io":           { "mirrors": ["https://mirror.example.com"] },
//     "registry.local:5000": { "plainHttp": true },
//     "registry.corp":       { "ca": "/etc/ssl/corp.pem" } }
//
// It says whom to trust, so one that cannot be understood is refused as a whole. Tests: test/pure/engine/registry/settings.test.ts.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { parseReference } from '../image/reference.js';
import { errnoOf, fileError } from '../state/file-errors.js';

export interface RegistrySetting {
  /** asked first, in this order, for what is pulled; never for what is pushed */
  readonly mirrors: readonly URL[];
  /** it speaks http and nothing else */
  readonly plainHttp: boolean;
  /** a file of certificates in PEM that are trusted for it, besides the usual ones */
  readonly ca?: string;
}

export interface RegistrySettings {
  /** where they are, or would be */
  readonly file: string;
  /** by name as in a reference: "docker.io", "localhost:5000" */
  readonly registries: ReadonlyMap<string, RegistrySetting>;
}

export const NO_SETTING: RegistrySetting = { mirrors: [], plainHttp: false };
const SYSTEM_FILE = '/etc/tscontain/registries.json';

/** The user's file, else the system's. @throws TscontainError INVALID_VALUE, PERMISSION_DENIED … */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): RegistrySettings {
  const named = environment['TSCONTAIN_REGISTRIES'];
  const home = environment['XDG_CONFIG_HOME'] ?? join(environment['HOME'] ?? homedir(), '.config');
  const own = join(home, 'tscontain', 'registries.json');
  for (const file of named === undefined ? [own, SYSTEM_FILE] : [named]) {
    try {
      return { file, registries: parseSettings(readFileSync(file, 'utf8'), file) };
    } catch (error) {
      if (named !== undefined || errnoOf(error) !== 'ENOENT') throw fileError(error, 'read the settings of registries');
    }
  }
  return { file: own, registries: new Map() };
}

/** @throws TscontainError INVALID_VALUE that says which value of which registry cannot be */
export function parseSettings(text: string, file: string): Map<string, RegistrySetting> {
  const wrong = (what: string, hint: string): TscontainError =>
    new TscontainError('INVALID_VALUE', `${file}: ${what}`, { hint });
  const whole = parseJson(text);
  if (!isObject(whole)) {
    throw wrong('it is no JSON object', 'write { "REGISTRY": { "mirrors": […], "plainHttp": true, "ca": "FILE" } }');
  }
  return new Map(
    Object.entries(whole).map(([name, value]): [string, RegistrySetting] => {
      if (!isRegistry(name))
        throw wrong(`${shown(name)} is no registry`, 'name it as in an image: docker.io, host:5000');
      if (!isObject(value)) throw wrong(`the value of ${shown(name)} is no object`, 'write { "plainHttp": true }');
      const { mirrors = [], plainHttp = false, ca, ...others } = value;
      const unknown = Object.keys(others)[0];
      if (unknown !== undefined) {
        throw wrong(`${shown(name)} has ${shown(unknown)}, which is not known`, 'there are mirrors, plainHttp and ca');
      }
      if (!Array.isArray(mirrors)) throw wrong(`the mirrors of ${shown(name)} are no list`, 'write ["https://host"]');
      if (typeof plainHttp !== 'boolean') {
        throw wrong(`plainHttp of ${shown(name)} is neither true nor false`, 'leave it out unless it speaks http only');
      }
      if (ca !== undefined && (typeof ca !== 'string' || !isAbsolute(ca))) {
        throw wrong(`ca of ${shown(name)} is no absolute path`, 'name a file of certificates in PEM');
      }
      const read = mirrors.map((mirror: unknown) => {
        const url = mirrorUrl(mirror);
        if (url !== undefined) return url;
        throw wrong(
          `the mirror ${shown(String(mirror))} of ${shown(name)} is no address`,
          'write https://host or http://host:port, with nothing after it',
        );
      });
      return [name, { mirrors: read, plainHttp, ...(ca === undefined ? {} : { ca }) }];
    }),
  );
}

function mirrorUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const isPlain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}

function isRegistry(name: string): boolean {
  try {
    return parseReference(`${name}/x`).registry === name;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
