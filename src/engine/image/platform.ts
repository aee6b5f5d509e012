// Which of the images of an index fits: for this machine, or for a platform that was asked for. Pure.
// Tests: test/pure/engine/image/platform.test.ts.
import { TscontainError } from '../errors.js';
import { shown } from '../grammar/wrong.js';
import type { Descriptor, Platform } from './oci.js';

/** process.arch → Go's word. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  ppc64: 'ppc64le',
  loong64: 'loong64',
};

export function hostPlatform(arch: string = process.arch): Platform {
  return canonical({ os: 'linux', architecture: ARCHITECTURES[arch] ?? arch });
}

/** Other names that people have for an architecture, each with its variant where the name says one. */
const ALIASES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  x86_64: ['amd64'],
  'x86-64': ['amd64'],
  i386: ['386'],
  i686: ['386'],
  aarch64: ['arm64'],
  armhf: ['arm', 'v7'],
  armel: ['arm', 'v6'],
  armv7l: ['arm', 'v7'],
  armv6l: ['arm', 'v6'],
};
/** The variant that is meant when none is said. */
const PLAIN: Readonly<Record<string, string>> = { arm: 'v7', arm64: 'v8', amd64: 'v1' };

/** With the usual names, and without a variant that goes without saying (that of arm always says it). */
function canonical({ os, architecture, variant, osVersion }: Platform): Platform {
  const [name, implied] = ALIASES[architecture.toLowerCase()] ?? [architecture];
  const given = variant?.toLowerCase().replace(/^(?=\d)/, 'v') ?? implied;
  const kept = name === 'arm' ? (given ?? PLAIN['arm']) : given === PLAIN[name] ? undefined : given;
  return {
    os: os.toLowerCase(),
    architecture: name.toLowerCase(),
    ...(kept === undefined ? {} : { variant: kept }),
    ...(osVersion === undefined ? {} : { osVersion }),
  };
}

const COMPONENT = /^[A-Za-z0-9_.-]{1,32}$/;

/** "linux/arm/v7", "linux/amd64", "arm64". @throws TscontainError INVALID_VALUE */
export function parsePlatform(text: string): Platform {
  const parts = text.split('/');
  const [first = '', second, variant] = parts;
  if (parts.length > 3 || parts.some((part) => !COMPONENT.test(part)))
    throw new TscontainError('INVALID_VALUE', `${shown(text)} is no platform`, {
      hint: 'give system and architecture, such as linux/amd64, linux/arm64 or linux/arm/v7',
    });
  if (second === undefined) return canonical({ os: 'linux', architecture: first });
  return canonical({ os: first, architecture: second, ...(variant === undefined ? {} : { variant }) });
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = canonical(platform);
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

/** Everything that a machine of a platform can run, what suits it best first. */
export function runnableOn(platform: Platform): Platform[] {
  const { os, architecture, variant } = canonical(platform);
  const version = Number(/^v(\d)$/.exec(variant ?? PLAIN[architecture] ?? '')?.[1] ?? 0);
  const older = (name: string, from: number, to: number): Platform[] =>
    Array.from({ length: Math.max(from - to + 1, 0) }, (_, i) =>
      canonical({ os, architecture: name, variant: `v${from - i}` }),
    );
  if (architecture === 'arm') return older('arm', Math.max(version, 5), 5);
  if (architecture === 'arm64') return [...older('arm64', Math.max(version, 8), 8), ...older('arm', 8, 5)];
  if (architecture === 'amd64') return [...older('amd64', Math.max(version, 1), 1), { os, architecture: '386' }];
  return [canonical(platform)];
}

/** Attestations stand in an index as if they were images, for no platform. */
export function isImage({ platform, annotations }: Descriptor): boolean {
  return platform?.architecture !== 'unknown' && annotations?.['vnd.docker.reference.type'] === undefined;
}

/** The one that suits best; one that says no platform only where there is no other. */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  const images = manifests.filter(isImage);
  for (const candidate of runnableOn(wanted).map(formatPlatform)) {
    const found = images.find(({ platform }) => platform !== undefined && formatPlatform(platform) === candidate);
    if (found !== undefined) return found;
  }
  const [only, ...others] = images;
  return only?.platform === undefined && others.length === 0 ? only : undefined;
}

export function canRunOn(platform: Platform, machine: Platform): boolean {
  return runnableOn(machine).map(formatPlatform).includes(formatPlatform(platform));
}

const MAX_NAMED = 12;

/** "it has none for linux/s390x: there are linux/amd64, linux/arm64" */
export function noSuchPlatform(name: string, wanted: Platform, there: readonly Platform[]): TscontainError {
  const names = [...new Set(there.map(formatPlatform))].filter((text) => !text.includes('unknown'));
  const some = names.slice(0, MAX_NAMED).map((text) => shown(text).slice(1, -1));
  const list = names.length > MAX_NAMED ? `${some.join(', ')} and ${names.length - MAX_NAMED} others` : some.join(', ');
  return new TscontainError(
    'NOT_SUPPORTED',
    `${name} has no image for ${shown(formatPlatform(wanted)).slice(1, -1)}${names.length === 0 ? '' : `: there are ${list}`}`,
    names.length === 0 ? {} : { hint: 'ask for one of these: --platform' },
  );
}
