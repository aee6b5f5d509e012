// A machine that is started anew, as containers see it: nothing runs of what ran, links, rules and settings are those of a fresh machine,
// cgroups are gone, and the kernel has another name for the boot. What is on the disk is still there.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLONE_NEWNS, syscall } from '../../src/native/index.js';
import { cgroupsOf, type House } from './house.js';
import { enterOwnNetwork } from './own-network.js';
import { eventually } from './patience.js';

/**
 * Of what this house has, for good: this process and what it starts from here on are in the new boot.
 * @param pids of the inits of all containers that run
 */
export async function reboot(house: House, pids: readonly number[]): Promise<void> {
  const ids = house.containerIds();
  for (const pid of [...house.supervisorPids(), ...pids]) process.kill(pid, 'SIGKILL');
  await eventually(() => {
    for (const cgroup of cgroupsOf(ids)) rmdirSync(cgroup.slice('cgroup '.length));
  });
  enterOwnNetwork();
  nameTheBoot(randomUUID());
}

/** In a mount namespace of this process. */
function nameTheBoot(bootId: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-test-boot-'));
  const path = join(directory, 'boot_id');
  writeFileSync(path, `${bootId}\n`);
  syscall('unshare', CLONE_NEWNS);
  execFileSync('mount', ['--make-rprivate', '/']);
  execFileSync('mount', ['--bind', path, '/proc/sys/kernel/random/boot_id']);
  // What is mounted stays without its name.
  rmSync(directory, { recursive: true });
}
