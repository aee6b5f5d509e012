// The steps that take from a process what it must not have before the container's program runs: limits of resources,
// keys of the host, capabilities, ids. Pure. Tests: test/pure/engine/launch, test/container/launch.
import {
  capabilityNumber,
  LINUX_CAPABILITY_VERSION_3,
  PR_CAPBSET_DROP,
  PR_SET_NO_NEW_PRIVS,
  type Step,
} from '../../native/index.js';
import { TscontainError } from '../errors.js';
import type { ContainerConfig, Ulimit } from '../model.js';
import type { ResolvedUser } from '../rootfs/users.js';
import type { OwnRights } from './facts.js';
import { hasOwnNetwork } from './network.js';
import { NULL, step, writeFile } from './steps.js';

/** What Docker leaves to a container: enough for the package managers and servers that expect to be root. */
export const DEFAULT_CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
] as const;

/** RLIMIT_* of getrlimit(2), the same numbers on x86-64 and arm64. */
const RLIMITS = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
] as const;

const RLIMIT_NOFILE = RLIMITS.indexOf('nofile');
/** What most programs are written for; some walk through all descriptors up to the limit. Node raised its own. */
const USUAL_OPEN_FILES = 1024;
const CAP_NET_ADMIN = 12;
const CAP_SYS_RESOURCE = 24;

type CapabilityConfig = Pick<ContainerConfig, 'capAdd' | 'capDrop' | 'privileged'>;

function capabilityBit(name: string): bigint {
  const number = capabilityNumber(name);
  if (number === undefined) {
    throw new TscontainError('INVALID_VALUE', `there is no capability "${name}"`, {
      hint: 'names are those of capabilities(7), such as NET_ADMIN, or ALL',
    });
  }
  return 1n << BigInt(number);
}

const isAll = (name: string): boolean => name.toUpperCase() === 'ALL';
const sum = (bits: readonly bigint[]): bigint => bits.reduce((all, bit) => all | bit, 0n);

/** What is asked for, whether this process has it or not: bit n is capability n. Dropping wins over adding, but for ALL. */
export function wantedCapabilities({ capAdd, capDrop, privileged }: CapabilityConfig, lastCapability: number): bigint {
  const all = (1n << BigInt(lastCapability + 1)) - 1n;
  if (privileged) return all;
  const added = sum(capAdd.filter((name) => !isAll(name)).map(capabilityBit));
  const dropped = sum(capDrop.filter((name) => !isAll(name)).map(capabilityBit));
  if (capAdd.some(isAll)) return all & ~dropped;
  if (capDrop.some(isAll)) return added & all;
  return (sum(DEFAULT_CAPABILITIES.map(capabilityBit)) | added) & ~dropped & all;
}

/** The hard limit that can be had, and whether that is less than what was asked for. -1 is unlimited. */
function possibleUlimit(
  { name, soft, hard }: Ulimit,
  own: OwnRights,
): { resource: number; soft: number; hard: number; less: boolean } {
  const resource = (RLIMITS as readonly string[]).indexOf(name);
  if (resource < 0) {
    throw new TscontainError('INVALID_VALUE', `there is no ulimit "${name}"`, {
      hint: `choose from ${RLIMITS.join(', ')}`,
    });
  }
  const most = own.hardLimits[resource] ?? -1;
  const mayRaise = (own.capabilities >> BigInt(CAP_SYS_RESOURCE)) & 1n;
  const above = (value: number): boolean => most !== -1 && (value === -1 || value > most);
  if (mayRaise === 1n || !above(hard)) return { resource, soft, hard, less: false };
  return { resource, soft: above(soft) ? most : soft, hard: most, less: true };
}

export function setUlimits(ulimits: readonly Ulimit[], own: OwnRights): Step[] {
  const hardFiles = own.hardLimits[RLIMIT_NOFILE] ?? -1;
  const files = {
    name: 'nofile',
    soft: hardFiles === -1 ? USUAL_OPEN_FILES : Math.min(USUAL_OPEN_FILES, hardFiles),
    hard: hardFiles,
  };
  const all = ulimits.some(({ name }) => name === 'nofile') ? ulimits : [files, ...ulimits];
  return all.map((ulimit) => {
    const { resource, soft, hard } = possibleUlimit(ulimit, own);
    return step(`limit ${ulimit.name}`, 'prlimit64', [0, resource, { words: [soft, hard] }, NULL], {
      tolerate: ['EPERM'],
      hint: 'the soft limit must not be above the hard one',
    });
  });
}

/** One sentence for each thing that was asked for and that this process has no right to give. */
export function deniedRights(config: ContainerConfig, own: OwnRights): string[] {
  const lowered = config.ulimits.filter((ulimit) => possibleUlimit(ulimit, own).less);
  const has = (capability: number): boolean => ((own.capabilities >> BigInt(capability)) & 1n) === 1n;
  return [
    ...lowered.map((ulimit) => {
      const { hard } = possibleUlimit(ulimit, own);
      return `ulimit ${ulimit.name} stays at ${hard}: to raise it to ${ulimit.hard} this host's root lacks CAP_SYS_RESOURCE`;
    }),
    ...(config.oomScoreAdj < own.oomScoreAdj && !has(CAP_SYS_RESOURCE)
      ? [
          `oom_score_adj stays at ${own.oomScoreAdj}: to lower it to ${config.oomScoreAdj} this host's root lacks CAP_SYS_RESOURCE`,
        ]
      : []),
    ...(hasOwnNetwork(config) && !has(CAP_NET_ADMIN)
      ? ["lo stays down: to bring it up this host's root lacks CAP_NET_ADMIN"]
      : []),
  ];
}

/** Done first, while /proc is the host's. */
export function setOomScore(oomScoreAdj: number, own: OwnRights): Step[] {
  if (oomScoreAdj === own.oomScoreAdj) return [];
  const refused = { tolerate: ['EACCES', 'EPERM'] };
  return writeFile('set oom_score_adj', '/proc/self/oom_score_adj', String(oomScoreAdj), refused);
}

const KEYCTL_JOIN_SESSION_KEYRING = 1;

/** Without this the keys of whoever started the manager could be read in the container (keyrings(7)). */
export function ownKeyring(id: string): Step {
  return step('have a keyring of its own', 'keyctl', [KEYCTL_JOIN_SESSION_KEYRING, `tscontain.${id}`], {
    tolerate: ['ENOSYS'],
  });
}

function words32(numbers: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [i, number] of numbers.entries()) bytes.writeUInt32LE(number, 4 * i);
  return bytes;
}

/** capset(2): effective and permitted, nothing inheritable (CVE-2022-24769), which leaves nothing ambient either. */
function setCapabilities(bits: bigint): Step {
  const low = Number(bits & 0xffffffffn);
  const high = Number(bits >> 32n);
  const header = words32([LINUX_CAPABILITY_VERSION_3, 0]);
  return step('keep only the capabilities it may have', 'capset', [header, words32([low, low, 0, high, high, 0])]);
}

/**
 * From root with everything to the container's user with what it may have. The bounding set comes first, because that
 * takes a capability; for a user other than root nothing of the rest survives execve, so nothing is kept.
 */
export function dropRights(
  config: CapabilityConfig & Pick<ContainerConfig, 'noNewPrivileges'>,
  user: ResolvedUser,
  own: OwnRights,
): Step[] {
  const kept = wantedCapabilities(config, own.lastCapability) & own.capabilities;
  const steps: Step[] = [];
  for (let n = 0; n <= own.lastCapability; n++) {
    if (((kept >> BigInt(n)) & 1n) === 0n)
      steps.push(step('drop capabilities for good', 'prctl', [PR_CAPBSET_DROP, n, 0, 0, 0]));
  }
  const { uid, gid, groups } = user;
  steps.push(step('take the groups', 'setgroups', [groups.length, words32(groups)]));
  steps.push(step('take the group', 'setresgid', [gid, gid, gid]));
  steps.push(step('take the user', 'setresuid', [uid, uid, uid]));
  steps.push(setCapabilities(uid === 0 ? kept : 0n));
  if (config.noNewPrivileges)
    steps.push(step('gain no privileges any more', 'prctl', [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]));
  return steps;
}
