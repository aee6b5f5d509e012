// Containers that are made from here: out of the form, and those of the demo.
import { startDemo, wakeNoisy } from './demo.js';
import type { Doers, EffectOf } from './doers.js';
import { tell } from './failure.js';
import type { Listing } from './listing.js';
import type { Ports } from './ports.js';
import type { Shells } from './shells.js';

export class Creating {
  private demo: Promise<void> = Promise.resolve();
  private isClosing = false;
  readonly doers: Doers<'create' | 'demo' | 'wake-noisy'> = {
    create: (effect) => this.listing.ask(() => this.create(effect)),
    demo: () => this.listing.ask(() => (this.demo = startDemo(this.ports, () => this.isClosing))),
    'wake-noisy': () => this.listing.ask(() => wakeNoisy(this.ports)),
  };

  constructor(
    private readonly ports: Ports,
    private readonly listing: Listing,
    private readonly shells: Shells,
  ) {}

  /** Nothing is made after this: who tidies up shall find all there is. */
  async close(): Promise<void> {
    this.isClosing = true;
    await this.demo.catch(() => undefined);
  }

  /** Creates and starts; where the start fails nothing is left of it. */
  private async create({ spec, openTerminal }: EffectOf<'create'>): Promise<void> {
    const { engine, dispatch } = this.ports;
    const container = await engine.create(spec);
    const { id, config } = container;
    try {
      if (openTerminal) this.shells.expect(id, await engine.attach(id, { stdin: true, size: this.shells.currentSize }));
      await engine.start(id);
    } catch (error) {
      this.shells.forget(id);
      await engine.remove(id, { force: true }).catch((failed: unknown) => tell(this.ports, failed));
      throw error;
    }
    await this.listing.now();
    dispatch({ type: 'created', id, name: config.name, terminal: openTerminal });
  }
}
