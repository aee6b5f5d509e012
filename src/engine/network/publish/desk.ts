// The ports of the host that one supervisor holds, each for as long as the container runs that publishes it.
import type { PortBinding, PublishedPort } from '../model.js';
import type { Taken } from './bindings.js';
import { holdAgain, holdPorts, type HeldPorts } from './hold.js';
import type { Target } from './proxy.js';

export class PortDesk {
  readonly #held = new Map<string, HeldPorts>();

  /** The ports that it holds for that container; undefined where it has never held any. */
  heldBy(id: string): readonly PublishedPort[] | undefined {
    return this.#held.get(id)?.ports;
  }

  /** @returns the ports as they are in force @throws TscontainError what holdPorts throws */
  async hold(id: string, bindings: readonly PortBinding[], taken: Iterable<Taken>): Promise<readonly PublishedPort[]> {
    return this.#keep(id, await holdPorts(bindings, taken));
  }

  /** What another supervisor held until it was no more. What cannot be had again is told. */
  async holdAgain(id: string, ports: readonly PublishedPort[], tell: (reason: string) => void): Promise<void> {
    this.#keep(id, await holdAgain(ports, tell));
  }

  leadTo(id: string, target: Target): void {
    this.#held.get(id)?.leadTo(target);
  }

  /** Nothing happens where it has none. */
  release(id: string): void {
    this.#held.get(id)?.release();
    this.#held.delete(id);
  }

  #keep(id: string, held: HeldPorts): readonly PublishedPort[] {
    this.release(id);
    this.#held.set(id, held);
    return held.ports;
  }
}
