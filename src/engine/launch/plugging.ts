// How a container that is just being launched comes by its interfaces:
//
//   this process                              the new process
//   clone3 ─────────────────────────────────▶ makes its namespaces, the network's among them
//   is told by libuv ◀──────────── one byte ─ goes on: cgroup, root, mounts
//   makes each veth, its other end inside
//   one byte ───────────────────────────────▶ waits for that, then gives the interfaces their addresses
//
// Where plugging fails there is no byte but the end of the pipe, and the launch fails at the next step. So it does when this
// process dies.
import { closeSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { openPipe } from '../../native/index.js';
import { TscontainError } from '../errors.js';
import { plug } from '../network/plug.js';
import type { Attachment } from '../network/model.js';
import type { Held } from './held.js';

export class Plugging {
  /** why it could not be plugged in */
  failure: TscontainError | undefined;
  readonly #attachments: readonly Attachment[];
  readonly #told: { readonly readFd: number; readonly writeFd: number };
  readonly #go: { readonly readFd: number; readonly writeFd: number };
  readonly #open = new Set<number>();
  #ear: Socket | undefined;

  private constructor(attachments: readonly Attachment[]) {
    this.#attachments = attachments;
    this.#told = this.#pipe();
    this.#go = this.#pipe();
  }

  static open(attachments: readonly Attachment[], held: Held): Plugging {
    const plugging = new Plugging(attachments);
    held.also(() => plugging.#close());
    return plugging;
  }

  /** The ends that are the new process's. */
  get fds(): { readonly tellFd: number; readonly waitFd: number } {
    return { tellFd: this.#told.writeFd, waitFd: this.#go.readFd };
  }

  /** The process is there, its namespaces not yet. */
  begin(pid: number): void {
    // It has its own by now, and only while nobody else has them does their end say that it is gone.
    this.#closeOne(this.#told.writeFd);
    this.#closeOne(this.#go.readFd);
    // From here on the socket owns it.
    this.#open.delete(this.#told.readFd);
    this.#ear = new Socket({ fd: this.#told.readFd, readable: true, writable: false });
    this.#ear.once('data', () => this.#plug(pid));
    // What comes of that the launch tells, too.
    this.#ear.on('error', () => undefined);
  }

  #plug(pid: number): void {
    try {
      for (const { network, endpoint } of this.#attachments) plug(network, endpoint, pid);
      writeSync(this.#go.writeFd, '.');
    } catch (error) {
      // Where it has died meanwhile, of whatever, nobody reads any more, and the launch tells why.
      if (error instanceof TscontainError) this.failure = error;
    } finally {
      this.#closeOne(this.#go.writeFd);
    }
  }

  #pipe(): { readFd: number; writeFd: number } {
    const pipe = openPipe();
    this.#open.add(pipe.readFd).add(pipe.writeFd);
    return pipe;
  }

  #closeOne(fd: number): void {
    if (this.#open.delete(fd)) closeSync(fd);
  }

  #close(): void {
    this.#ear?.destroy();
    for (const fd of this.#open) closeSync(fd);
    this.#open.clear();
  }
}
