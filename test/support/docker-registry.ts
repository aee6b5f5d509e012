// Debian's docker-registry, the real one, on a free port of loopback with a storage directory of its own; with a password, over TLS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Authority } from './authority.js';
import { patience } from './patience.js';

const PROGRAM = '/usr/bin/docker-registry';
export const noDockerRegistry = existsSync(PROGRAM) ? false : 'docker-registry is not installed';
export const noSkopeo = existsSync('/usr/bin/skopeo') ? false : 'skopeo is not installed';

/** Who may enter where a password is asked for. */
export const VISITOR = { username: 'visitor', password: 'open sesame' } as const;
/** VISITOR's, as htpasswd -B writes it: bcrypt, made with crypt(3) at its lowest cost. */
const HTPASSWD_LINE = 'visitor:$2y$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy';

export interface DockerRegistryOptions {
  readonly withPassword?: boolean;
  readonly tls?: Authority;
}

export interface DockerRegistry {
  /** "127.0.0.1:PORT" */
  readonly host: string;
  /** what it has written so far: a line for each request among it */
  readonly log: () => string;
}

export async function startDockerRegistry(
  test: Pick<TestContext, 'after'>,
  { withPassword = false, tls }: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-registry-'));
  const port = await freePort();
  writeFileSync(join(directory, 'htpasswd'), `${HTPASSWD_LINE}\n`);
  writeFileSync(
    join(directory, 'config.json'),
    // YAML is what it reads, and JSON is that.
    JSON.stringify({
      version: 0.1,
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: join(directory, 'storage') }, delete: { enabled: true } },
      http: {
        addr: `127.0.0.1:${port}`,
        secret: 'of a test',
        ...(tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } }),
      },
      ...(withPassword ? { auth: { htpasswd: { realm: 'a test', path: join(directory, 'htpasswd') } } } : {}),
    }),
  );
  let said = '';
  const child = spawn(PROGRAM, ['serve', join(directory, 'config.json')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  test.after(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  });
  await listens(port, () => {
    assert.equal(child.exitCode, null, `docker-registry has ended: ${said}`);
  });
  return { host: `127.0.0.1:${port}`, log: () => said };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function listens(port: number, check: () => void): Promise<void> {
  const deadline = Date.now() + patience(10_000);
  for (;;) {
    check();
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(30);
    }
  }
}
