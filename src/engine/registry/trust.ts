// Whose certificates are trusted for a host: those that this system trusts, what a setting names, and what stands in Docker's
// directory for that host. A certificate that is not trusted is never overlooked.
//
//   /etc/docker/certs.d/HOST[:PORT]/*.crt           further authorities
//                                  /NAME.cert .key   who we are, for hosts that ask
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import { errnoOf, fileError } from '../state/file-errors.js';

export const CERTIFICATES = '/etc/docker/certs.d';

/** Where distributions keep what this system trusts; what its owner adds there counts for every program. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

export interface TrustOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Docker's directory */
  readonly certificates: string;
  /** a file besides */
  readonly ca?: string;
}

/** @param host with its port where it is not 443 @throws TscontainError for files that cannot be read or hold no certificate */
export function secureContextFor(host: string, { environment, certificates, ca }: TrustOptions): SecureContext {
  const directory = join(certificates, host);
  const files = namesIn(directory);
  const authorities = files.filter((name) => name.endsWith('.crt')).map((name) => join(directory, name));
  const own = files.find((name) => name.endsWith('.cert') && files.includes(name.replace(/cert$/, 'key')));
  const further = [...authorities, ...(ca === undefined ? [] : [ca])].map((path) => ({ path, pem: read(path) }));
  for (const { path, pem } of further) requireCertificate(path, pem);
  try {
    return createSecureContext({
      ca: [...systemAuthorities(environment), ...further.map(({ pem }) => pem)],
      ...(own === undefined
        ? {}
        : { cert: read(join(directory, own)), key: read(join(directory, own.replace(/cert$/, 'key'))) }),
    });
  } catch (cause) {
    throw new TscontainError('INVALID_VALUE', `the certificates for ${host} in ${directory} cannot be used`, {
      cause,
      hint: 'they are in PEM, a .cert beside its .key',
    });
  }
}

function systemAuthorities(environment: TrustOptions['environment']): readonly string[] {
  const named = environment['SSL_CERT_FILE'];
  if (named !== undefined && named !== '') return [read(named)];
  for (const path of SYSTEM_BUNDLES) {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      // Another distribution's.
    }
  }
  return rootCertificates;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw fileError(error, 'read the certificates for a registry');
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, `read the certificates ${shown(path)}`);
  }
}

function requireCertificate(path: string, pem: string): void {
  if (pem.includes('-----BEGIN CERTIFICATE-----') || pem.includes('-----BEGIN TRUSTED CERTIFICATE-----')) return;
  throw new TscontainError('INVALID_VALUE', `there is no certificate in ${shown(path)}`, {
    hint: 'give a file of certificates in PEM, as openssl writes them',
  });
}
