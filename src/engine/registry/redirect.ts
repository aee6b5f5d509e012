// Where an answer sends us, and whether we go. Registries keep their blobs with others and send who asks for one there; a
// hostile one sends us to a file of this machine, to a plain-text line where somebody listens, or to a host of its own that
// waits for what we were given for another (CVE-2020-15157). Pure. Tests: test/pure/engine/registry/redirect.test.ts.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';

export const MAX_REDIRECTS = 5;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * The next address, resolved against the one that answered. From https it is https again, from http one of both, and never
 * anything else. @throws TscontainError INVALID_VALUE
 */
export function redirectTarget(location: string | undefined, from: URL): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new TscontainError('INVALID_VALUE', `${from.host} sends us to ${shown(location ?? '')}, which is no address`);
  }
  const to = new URL(location, from);
  const isWeb = to.protocol === 'https:' || to.protocol === 'http:';
  if (!isWeb || to.hostname === '') {
    throw new TscontainError(
      'INVALID_VALUE',
      `${from.host} sends us to ${shown(to.href)}: only web addresses are followed`,
    );
  }
  if (from.protocol === 'https:' && to.protocol !== 'https:') {
    throw new TscontainError('INVALID_VALUE', `${from.host} sends us from https to plain http at ${shown(to.host)}`, {
      hint: 'anybody on the way could read and change what comes, so this is not followed',
    });
  }
  // A name and a password in the address would be sent as if they were ours.
  to.username = '';
  to.password = '';
  to.hash = '';
  return to;
}

/** Scheme, host and port: what credentials are given for. A token for one is never sent to another. */
export const isSameOrigin = (one: URL, other: URL): boolean => one.origin === other.origin;
