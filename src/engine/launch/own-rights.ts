// What this process has itself and so can give: read once, it does not change while the process lives.
import { readFileSync } from 'node:fs';
import { lastCapability } from '../../native/index.js';
import type { OwnRights } from './facts.js';

/** "CapPrm:\t000001ff…" of /proc/PID/status (proc(5)). */
export function capabilitySet(status: string, field: 'CapPrm' | 'CapBnd'): bigint {
  const digits = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1];
  return digits === undefined ? 0n : BigInt(`0x${digits}`);
}

/** The hard limits of /proc/PID/limits (proc(5)), whose lines are in the order of the RLIMIT_ numbers; -1 is unlimited. */
export function hardLimits(limits: string): number[] {
  const rows = limits
    .split('\n')
    .slice(1)
    .filter((row) => row !== '');
  return rows.map((row) => {
    const [, , hard] = /\s{2,}(unlimited|\d+)\s+(unlimited|\d+)/.exec(row) ?? [];
    return hard === undefined || hard === 'unlimited' ? -1 : Number(hard);
  });
}

let known: OwnRights | undefined;

export function ownRights(): OwnRights {
  if (known === undefined) {
    const status = readFileSync('/proc/self/status', 'latin1');
    known = {
      // After an execve as root, what is permitted is what the bounding set holds.
      capabilities: capabilitySet(status, 'CapPrm') & capabilitySet(status, 'CapBnd'),
      lastCapability: lastCapability(),
      hardLimits: hardLimits(readFileSync('/proc/self/limits', 'latin1')),
      oomScoreAdj: Number(readFileSync('/proc/self/oom_score_adj', 'latin1')),
    };
  }
  return known;
}
