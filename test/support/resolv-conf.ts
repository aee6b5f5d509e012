// A resolv.conf of a test file's own in the place of the host's, in a mount namespace that it and everything that it starts is in.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLONE_NEWNS, syscall } from '../../src/native/index.js';

/** @returns writes it anew */
export function ownResolvConf(text: string): (text: string) => void {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-test-resolv-'));
  const path = join(directory, 'resolv.conf');
  writeFileSync(path, text);
  syscall('unshare', CLONE_NEWNS);
  execFileSync('mount', ['--make-rprivate', '/']);
  const place = realpathSync('/etc/resolv.conf');
  execFileSync('mount', ['--bind', path, place]);
  // What is mounted stays without its name.
  rmSync(directory, { recursive: true });
  return (next) => writeFileSync(place, next);
}
