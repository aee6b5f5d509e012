// What a client that is behind gets in the end: everything, or a gap that it is told of.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Outbox } from '../../../../src/engine/supervisor/outbox.js';
import {
  controlFrame,
  dataFrame,
  FRAME,
  FrameReader,
  parseControl,
} from '../../../../src/engine/supervisor/protocol.js';

const folder = mkdtempSync(join(tmpdir(), 'tscontain-outbox-'));
after(() => rmSync(folder, { recursive: true }));

/** Two ends of a connection. */
async function connected(): Promise<{ ours: Socket; client: Socket; close: () => void }> {
  const path = join(folder, 'sock');
  const server = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = connect(path);
  const ours = await accepted;
  const close = () => {
    for (const end of [ours, client]) end.destroy();
    server.close();
  };
  return { ours, client, close };
}

interface Received {
  readonly bytes: number;
  readonly sum: number;
  readonly notices: Record<string, unknown>[];
}

/** Reads to the end of the connection. */
function receive(client: Socket): Promise<Received> {
  const reader = new FrameReader();
  const notices: Record<string, unknown>[] = [];
  let bytes = 0;
  let sum = 0;
  client.on('data', (chunk) =>
    reader.push(chunk, (type, payload) => {
      if (type === FRAME.control) notices.push(parseControl(payload));
      else for (const byte of payload) [bytes, sum] = [bytes + 1, (sum * 31 + byte) % 1_000_003];
    }),
  );
  // It was paused by name, so listening alone does not set it going again.
  client.resume();
  return new Promise((resolve) => client.once('end', () => resolve({ bytes, sum, notices })));
}

const FRAMES = 40;
const SIZE = 64 * 1024;
const payload = (i: number) => Buffer.alloc(SIZE, i + 1);
const sumOfAll = () => {
  let sum = 0;
  for (let i = 0; i < FRAMES; i += 1) for (const byte of payload(i)) sum = (sum * 31 + byte) % 1_000_003;
  return sum;
};

describe('a client that reads late', () => {
  it('gets every byte in order, then the last frame, and nothing is left on disk', async () => {
    const { ours, client, close } = await connected();
    client.pause();
    const outbox = new Outbox(ours, folder, () => undefined);
    for (let i = 0; i < FRAMES; i += 1) outbox.send(dataFrame(FRAME.stdout, payload(i)));
    outbox.end(controlFrame({ exit: { exitCode: 0, oomKilled: false } }));
    assert.deepEqual(await receive(client), {
      bytes: FRAMES * SIZE,
      sum: sumOfAll(),
      notices: [{ exit: { exitCode: 0, oomKilled: false } }],
    });
    assert.deepEqual(readdirSync(folder), ['sock']);
    close();
  });

  it('is told of the gap where its backlog found no room', async () => {
    const { ours, client, close } = await connected();
    client.pause();
    const outbox = new Outbox(ours, join(folder, 'no', 'such', 'place'), () => undefined);
    for (let i = 0; i < FRAMES; i += 1) outbox.send(dataFrame(FRAME.stdout, payload(i)));
    outbox.end(controlFrame({ exit: { exitCode: 0, oomKilled: false } }));
    const { bytes, notices } = await receive(client);
    assert.ok(bytes > 0 && bytes < FRAMES * SIZE, `${bytes} bytes came`);
    assert.equal(notices.length, 2);
    // What is counted are frames, of which each has a header.
    assert.equal(notices[0]!['gap'], (FRAMES - bytes / SIZE) * (SIZE + 5));
    assert.deepEqual(Object.keys(notices[1]!), ['exit']);
    close();
  });

  it('that leaves takes its backlog with it', async () => {
    const { ours, client, close } = await connected();
    client.pause();
    let progress = 0;
    const outbox = new Outbox(ours, folder, () => (progress += 1));
    for (let i = 0; i < FRAMES; i += 1) outbox.send(dataFrame(FRAME.stdout, payload(i)));
    assert.ok(outbox.isBehind, 'the disk has not taken it yet');
    const gone = new Promise((resolve) => ours.once('close', resolve));
    ours.on('error', () => undefined);
    client.destroy();
    await gone;
    assert.ok(!outbox.isBehind, 'nobody waits for a client that is gone');
    close();
  });
});
