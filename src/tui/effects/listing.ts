// Which containers there are and what happened to them: listed anew whenever something changed.
import type { Ports } from './ports.js';
import { failureOf, tell } from './failure.js';
import { Relisting } from './relisting.js';

/** Events before this are history of another day, ms. */
const EVENTS_SINCE_MS = 24 * 3_600_000;

export class Listing {
  private readonly listed = new Relisting(() => this.now());

  constructor(private readonly ports: Ports) {}

  /** Something changed: lists the containers. */
  changed(): void {
    this.listed.changed();
  }

  /** Does what a form or a question asked for; what is refused goes back to it. */
  ask(action: () => Promise<void>): void {
    void action()
      .catch((error: unknown) => this.ports.dispatch({ type: 'refused', failure: failureOf(error) }))
      .then(() => this.changed());
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
