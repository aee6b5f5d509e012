// dist/layer-worker.cjs: the thread in which layers are unpacked, one after another. What it is told and what it answers is
// drawn in protocol.ts. It holds no state between two layers and ends with whoever has started it.
import { parentPort } from 'node:worker_threads';
import { TscontainError } from '../../errors.js';
import { fileError } from '../../state/file-errors.js';
import { GrowingReader } from './growing-reader.js';
import type { Failure, FromThread, Growth, ToThread, UnpackJob } from './protocol.js';
import { putLayer } from './put-layer.js';

const PROGRESS_MS = 100;

const port = parentPort!;
const say = (message: FromThread): void => port.postMessage(message);

/** Whoever waits for more of the file. */
let waiting: { resolve(growth: Growth): void; reject(error: Error): void } | undefined;
let isAborted = false;

const stopped = (): Error => new TscontainError('IO_ERROR', 'the layer is no longer wanted');

function more(from: number): Promise<Growth> {
  return new Promise((resolve, reject) => {
    if (isAborted) throw stopped();
    waiting = { resolve, reject };
    say({ kind: 'more', from });
  });
}

async function unpack(job: UnpackJob): Promise<void> {
  isAborted = false;
  const reader = new GrowingReader(job.path, job.growth, more);
  let said = performance.now();
  const onProgress = () => {
    if (isAborted) throw stopped();
    if (performance.now() - said < PROGRESS_MS) return;
    said = performance.now();
    say({ kind: 'progress', bytes: reader.position });
  };
  try {
    const facts = await putLayer(job, reader, onProgress);
    say({ kind: 'done', facts });
  } catch (error) {
    say({ kind: 'failed', error: failureOf(error) });
  }
}

function failureOf(error: unknown): Failure {
  const { code, message, hint, cause } = fileError(error, 'unpack a layer').toJSON();
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(cause === undefined ? {} : { cause }) };
}

port.on('message', (message: ToThread) => {
  if (message.kind === 'unpack') void unpack(message.job);
  else if (message.kind === 'grown') waiting?.resolve(message.growth);
  else {
    isAborted = true;
    waiting?.reject(stopped());
  }
});
