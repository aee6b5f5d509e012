// Whether a program is on this machine: tests with other tools on the other side say so where it is not.
import { spawnSync } from 'node:child_process';

export const isInstalled = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
