// login and logout: a name and a password are tried at the registry before they are kept. Tests: test/container/registry.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { DOCKER_HUB, DOCKER_HUB_OF_OLD, parseReference } from '../image/reference.js';
import { forgetCredentials, keepCredentials } from './credentials.js';
import { openSession, type RegistryOptions } from './session.js';

export interface LoginOptions {
  readonly signal?: AbortSignal;
  readonly registry?: Omit<RegistryOptions, 'credentials'>;
}

/** "registry.example.com", "https://registry.example.com/v2/"; Docker Hub when absent. @throws TscontainError INVALID_VALUE */
export function registryName(text: string | undefined): string {
  if (text === undefined || text === '') return DOCKER_HUB;
  const host = text.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  try {
    const { registry } = parseReference(`${host}/x`);
    // Of "ghcr/x" the registry is Docker Hub, and the login would go there.
    if (registry === host || host === DOCKER_HUB_OF_OLD) return registry;
  } catch {
    // The sentence below says it.
  }
  throw new TscontainError('INVALID_VALUE', `${shown(text)} is no registry`, {
    hint: 'name it as in an image: ghcr.io, registry.example.com, localhost:5000',
  });
}

/** @returns where they are kept now @throws TscontainError UNAUTHORIZED, NO_SUCH_REGISTRY … */
export async function login(
  server: string | undefined,
  credentials: { readonly username: string; readonly password: string },
  { signal, registry: options }: LoginOptions = {},
): Promise<{ readonly registry: string; readonly keptAt: string }> {
  const registry = registryName(server);
  requireWritable(credentials);
  const session = openSession(registry, 'push', { ...options, credentials });
  try {
    await session.first(
      async (client) => {
        const answer = await client.ask({ method: 'GET', to: '/v2/', scope: '', signal });
        if (answer.status === 401) {
          answer.discard();
          throw new TscontainError(
            'UNAUTHORIZED',
            `${registry} does not know ${shown(credentials.username)} with this password`,
            {
              hint: 'check both; some registries want a token instead of the password',
            },
          );
        }
        if (answer.status !== 200) throw await client.refusal(answer, 'let us log in');
        answer.discard();
      },
      { signal },
    );
  } finally {
    session.close();
  }
  return { registry, keptAt: await keepCredentials(registry, credentials, options?.environment ?? process.env) };
}

/** @returns whether there was anything to forget */
export async function logout(
  server: string | undefined,
  { registry: options }: LoginOptions = {},
): Promise<{ readonly registry: string; readonly wasKnown: boolean }> {
  const registry = registryName(server);
  return { registry, wasKnown: await forgetCredentials(registry, options?.environment ?? process.env) };
}

/** They travel as "name:password". */
function requireWritable({ username, password }: { username: string; password: string }): void {
  if (
    username !== '' &&
    password !== '' &&
    !username.includes(':') &&
    !/[\u0000-\u001f\u007f]/.test(username + password)
  )
    return;
  throw new TscontainError(
    'INVALID_VALUE',
    'a user name without ":" and a password are needed, both without control characters',
    {
      hint: 'give them with -u NAME and --password-stdin',
    },
  );
}
