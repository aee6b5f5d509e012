// Which containers there are and what happened to them: listed anew whenever something changed.
import type { Ports } from './ports.js';
import { failureOf, tell } from './failure.js';

/** Events before this are history of another day, ms. */
const EVENTS_SINCE_MS = 24 * 3_600_000;

export class Listing {
  private isListing = false;
  private isStale = false;

  constructor(private readonly ports: Ports) {}

  /** Something changed: lists the containers, once for any number of changes that come while it is done. */
  changed(): void {
    this.isStale = true;
    if (!this.isListing) void this.listWhileStale();
  }

  /** Does what a form or a question asked for; what is refused goes back to it. */
  ask(action: () => Promise<void>): void {
    void action()
      .catch((error: unknown) => this.ports.dispatch({ type: 'refused', failure: failureOf(error) }))
      .then(() => this.changed());
  }

  private async listWhileStale(): Promise<void> {
    this.isListing = true;
    while (this.isStale) {
      this.isStale = false;
      await this.now();
    }
    this.isListing = false;
  }

  async now(): Promise<void> {
    try {
      this.ports.dispatch({ type: 'containers', list: await this.ports.engine.list() });
    } catch (error) {
      tell(this.ports, error);
    }
  }

  async watchEvents(signal: AbortSignal): Promise<void> {
    const since = this.ports.clock.now() - EVENTS_SINCE_MS;
    try {
      for await (const event of this.ports.engine.events({ since, signal })) {
        this.ports.dispatch({ type: 'events', events: [event] });
      }
    } catch (error) {
      if (!signal.aborted) tell(this.ports, error);
    }
  }

  /** Puts right what a crash left. */
  async putRight(): Promise<void> {
    try {
      const { actions, corrupt } = await this.ports.engine.recover();
      const notes = [
        ...corrupt.map(
          ({ id, keptAt, reason }) =>
            `The state of container ${id.slice(0, 12)} cannot be read (${reason}); it is kept at ${keptAt}.`,
        ),
        ...actions.map(({ name, what }) => `${name}: ${what}`),
      ];
      if (notes.length === 0) return;
      this.ports.dispatch({
        type: 'notice',
        kind: 'warning',
        text: notes.length === 1 ? notes[0]! : `${notes[0]!} (and ${notes.length - 1} more: v)`,
      });
      await this.now();
    } catch (error) {
      tell(this.ports, error);
    }
  }
}
