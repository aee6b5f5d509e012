// What a sample costs: 100 targets, each a cgroup with a process in its own network namespace, every file of theirs read,
// pressure and network included. Prints one line of JSON: µs a container a sample.
import { createSampler } from '../src/metrics/index.js';
import { TestCgroup } from '../test/support/test-cgroup.js';
import { setTimeout as sleep } from 'node:timers/promises';

const TARGETS = 100;
const SAMPLES = 200;

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor((sorted.length - 1) * q)]!;
const rounded = (value: number): number => Math.round(value * 10) / 10;

async function main(): Promise<void> {
  const cgroups = Array.from({ length: TARGETS }, (_, i) => new TestCgroup(`sampling-${i}`));
  try {
    const sampler = createSampler();
    const targets = cgroups.map((cgroup, i) => {
      const child = cgroup.spawn(['unshare', '--net', 'sh', '-c', 'while :; do sleep 0.5; done']);
      return { id: String(i), cgroup: cgroup.paths, netPid: child.pid! };
    });
    await sleep(3000);
    sampler.sample();
    const hostUs = sampler.lastCostUs;
    sampler.setTargets(targets);
    sampler.sample();
    const costs: number[] = [];
    const cpu: number[] = [];
    for (let i = 0; i < SAMPLES; i++) {
      await sleep(20);
      const before = process.cpuUsage();
      sampler.sample();
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / TARGETS);
      costs.push(sampler.lastCostUs / TARGETS);
    }
    costs.sort((a, b) => a - b);
    sampler.close();
    console.log(
      JSON.stringify({
        bench: 'sampling',
        targets: TARGETS,
        samples: SAMPLES,
        cpuUsPerContainerMedian: rounded(
          quantile(
            cpu.sort((a, b) => a - b),
            0.5,
          ),
        ),
        usPerContainerMedian: rounded(quantile(costs, 0.5)),
        usPerContainerP95: rounded(quantile(costs, 0.95)),
        hostUs: rounded(hostUs),
      }),
    );
  } finally {
    await Promise.all(cgroups.map((cgroup) => cgroup.remove()));
  }
}

void main();
