// A disk that this kernel has never seen: a loop device with a number that nobody else uses, gone after the test.
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { syscall } from '../../src/native/index.js';
import { eventually } from './patience.js';

const LOOP_CONTROL = '/dev/loop-control';
/** linux/loop.h */
const LOOP_CTL_ADD = 0x4c80;
const LOOP_CTL_REMOVE = 0x4c81;

const control = (request: number, number: number): void => {
  const fd = openSync(LOOP_CONTROL, 'r+');
  try {
    syscall('ioctl', fd, request, number);
  } finally {
    closeSync(fd);
  }
};

export interface LoopDisk {
  readonly path: string;
  /** loop20017 */
  readonly name: string;
  /** "7:20017" */
  readonly number: string;
}

let made = 0;

/** @returns undefined where this kernel makes no loop devices */
export function loopDisk(t: TestContext, bytes: number): LoopDisk | undefined {
  if (!existsSync(LOOP_CONTROL)) return undefined;
  // Below what its minor number can be, whatever room that leaves for partitions.
  const index = 20_000 + ((process.pid * 4 + made++) % 40_000);
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-loop-'));
  writeFileSync(join(folder, 'disk'), '');
  truncateSync(join(folder, 'disk'), bytes);
  control(LOOP_CTL_ADD, index);
  const name = `loop${index}`;
  t.after(async () => {
    execFileSync('losetup', ['-d', `/dev/${name}`]);
    // Where it was mounted, it is let go a moment after whoever mounted it has ended.
    await eventually(() => control(LOOP_CTL_REMOVE, index));
    rmSync(folder, { recursive: true });
  });
  execFileSync('losetup', [`/dev/${name}`, join(folder, 'disk')]);
  return { path: `/dev/${name}`, name, number: readFileSync(`/sys/block/${name}/dev`, 'latin1').trim() };
}
