// Where a registry of a name is spoken to: its mirrors first, for what is pulled. Pure.
// Tests: test/pure/engine/registry/endpoints.test.ts.
import { DOCKER_HUB } from '../image/reference.js';
import { isLoopback } from './proxy.js';
import { NO_SETTING, type RegistrySettings } from './settings.js';

/** Where Docker Hub is spoken to; in names it is docker.io. */
export const HUB_API = 'registry-1.docker.io';

export interface Endpoint {
  /** whose credentials are used: "docker.io", "localhost:5000"; a mirror has its own */
  readonly registry: string;
  /** Addresses to try in this order: the first that speaks its scheme is taken. */
  readonly bases: readonly URL[];
  readonly isMirror: boolean;
}

/** @param use what is pushed goes to the registry itself */
export function endpointsOf(registry: string, { registries }: RegistrySettings, use: 'pull' | 'push'): Endpoint[] {
  const { mirrors, plainHttp } = registries.get(registry) ?? NO_SETTING;
  const itself: Endpoint = { registry, bases: basesOf(registry, plainHttp), isMirror: false };
  if (use === 'push') return [itself];
  return [...mirrors.map((url) => ({ registry: url.host, bases: [url], isMirror: true })), itself];
}

/**
 * Plain http only where the settings say so, or where nobody can stand between: on a loopback address, as Docker does it, and
 * even there only when what answers speaks no TLS. A certificate that is not trusted is never a reason for it.
 */
function basesOf(registry: string, plainHttp: boolean): URL[] {
  const host = registry === DOCKER_HUB ? HUB_API : registry;
  const [secure, plain] = [new URL(`https://${host}`), new URL(`http://${host}`)];
  if (plainHttp) return [plain];
  return isLoopback(secure.hostname) ? [secure, plain] : [secure];
}
