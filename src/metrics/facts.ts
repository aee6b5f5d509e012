// Facts about the machine that hardly change. systeminformation starts shells and other programs to find them (20-30 ms each),
// so it is loaded when somebody asks, asked once, and never part of a sample.
import { cpus, hostname, release, totalmem } from 'node:os';
import type { HostFacts } from './model.js';

/** The answer, or undefined where the question failed: a missing fact is no error. */
const known = <T>(question: Promise<T>): Promise<T | undefined> => question.catch(() => undefined);

/** Text that says something: systeminformation answers '' for what it did not find. */
const said = (...words: readonly (string | undefined)[]): string | undefined =>
  words.filter((word) => word !== undefined && word !== '').join(' ') || undefined;

export async function readFacts(): Promise<HostFacts> {
  const si = await known(import('systeminformation'));
  const [cpu, os, system] = await Promise.all([
    si && known(si.cpu()),
    si && known(si.osInfo()),
    si && known(si.system()),
  ]);
  const cpuModel = said(cpu?.manufacturer, cpu?.brand) ?? said(cpus()[0]?.model);
  const distribution = said(os?.distro, os?.release);
  const virtualization = system?.virtual === true ? said(system.virtualHost) : undefined;
  return {
    hostname: hostname(),
    ...(cpuModel !== undefined && { cpuModel }),
    cores: cpus().length,
    memoryBytes: totalmem(),
    kernel: release(),
    ...(distribution !== undefined && { distribution }),
    ...(virtualization !== undefined && { virtualization }),
  };
}
