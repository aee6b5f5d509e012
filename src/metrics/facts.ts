// Facts about the machine that hardly change: what Node knows, and what systeminformation finds out in a process of its own.
import { execFile } from 'node:child_process';
import { cpus, hostname, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { HostFacts } from './model.js';

/** What dist/facts.cjs prints. */
export type FoundFacts = Pick<HostFacts, 'cpuModel' | 'distribution' | 'virtualization'>;

const PATIENCE_MS = 10_000;

async function find(program: string | undefined): Promise<FoundFacts> {
  if (program === undefined) return {};
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: PATIENCE_MS });
    return JSON.parse(stdout) as FoundFacts;
  } catch {
    // A missing fact is no error.
    return {};
  }
}

/** @param program dist/facts.cjs; without it only what Node knows is told */
export async function readFacts(program?: string): Promise<HostFacts> {
  const cpuModel = cpus()[0]?.model.trim();
  return {
    hostname: hostname(),
    ...(cpuModel !== undefined && cpuModel !== '' && { cpuModel }),
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    ...(await find(program)),
  };
}
