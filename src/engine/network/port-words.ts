// Ports in Docker's words, as ps and port show them. Pure.
import { isIPv6 } from 'node:net';
import type { Protocol, PublishedPort } from './model.js';

/** An address of the host as Docker writes it: all of them are two. */
function hostAddresses({ hostIp }: PublishedPort): string[] {
  if (hostIp === '') return ['0.0.0.0', '[::]'];
  return [isIPv6(hostIp) ? `[${hostIp}]` : hostIp];
}

/** "0.0.0.0:8080", and "[::]:8080" where it is all addresses of the host. */
export function publishedWords(port: PublishedPort): string[] {
  return hostAddresses(port).map((address) => `${address}:${port.hostPort}`);
}

interface Run {
  readonly address: string;
  readonly protocol: Protocol;
  readonly hostPort: number;
  readonly containerPort: number;
  length: number;
}

/**
 * "0.0.0.0:8000-8002->80-82/tcp, [::]:8000-8002->80-82/tcp, 443/tcp": ports that follow one another are one range.
 * @param exposed "443/tcp": shown where nothing of the host leads to them
 */
export function portWords(published: readonly PublishedPort[], exposed: readonly string[]): string {
  const runs: Run[] = [];
  const sorted = [...published].sort(
    (a, b) => a.protocol.localeCompare(b.protocol) || a.containerPort - b.containerPort || a.hostPort - b.hostPort,
  );
  for (const port of sorted) {
    for (const address of hostAddresses(port)) {
      const before = runs.find(
        (run) => run.address === address && run.protocol === port.protocol && follows(run, port),
      );
      if (before !== undefined) before.length += 1;
      else runs.push({ ...port, address, length: 1 });
    }
  }
  const reached = new Set(published.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const words = runs.map(
    (run) => `${run.address}:${range(run.hostPort, run)}->${range(run.containerPort, run)}/${run.protocol}`,
  );
  return [...words, ...exposed.filter((port) => !reached.has(port))].join(', ');
}

function follows({ hostPort, containerPort, length }: Run, next: PublishedPort): boolean {
  return next.hostPort === hostPort + length && next.containerPort === containerPort + length;
}

const range = (first: number, { length }: Run): string =>
  length === 1 ? `${first}` : `${first}-${first + length - 1}`;
