// Capabilities by name and number (capabilities(7), include/uapi/linux/capability.h).
import { readFileSync } from 'node:fs';

/** In order of their numbers. */
const names =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE';

export const capabilityNames: readonly string[] = names.split(' ').map((name) => `CAP_${name}`);

/** The number of a capability, 'CAP_NET_ADMIN' or 'net_admin'; undefined when there is none of that name. */
export function capabilityNumber(name: string): number | undefined {
  const upper = name.toUpperCase();
  const number = capabilityNames.indexOf(upper.startsWith('CAP_') ? upper : `CAP_${upper}`);
  return number < 0 ? undefined : number;
}

/** The name of a capability; 'CAP_<number>' for one that is newer than this list. */
export function capabilityName(number: number): string {
  return capabilityNames[number] ?? `CAP_${number}`;
}

/** The number of the last capability that this kernel knows. */
export function lastCapability(): number {
  return Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
}

/** The names in a set of capabilities as /proc/PID/status shows it; bit n is capability n. */
export function capabilitiesOf(mask: bigint): string[] {
  const found: string[] = [];
  for (let number = 0; mask >> BigInt(number) > 0n; number++) {
    if ((mask >> BigInt(number)) & 1n) found.push(capabilityName(number));
  }
  return found;
}
