// What is asked for while somebody looks at it: the processes of the container in front, its open connections, and how it was
// launched.
import type { Container } from '../../engine/index.js';
import type { NetworksPort } from '../networks/port.js';
import { isRunning } from '../rows.js';
import type { TabId } from '../state.js';
import { failureOf } from './failure.js';
import type { Ports } from './ports.js';

/** How often the processes of the container in front are listed, ms. */
const PROCESSES_EVERY_MS = 1000;
/** …and its open connections. */
const CONNECTIONS_EVERY_MS = 2000;

export class LookedAt {
  private processesAt = 0;
  private processesOf: string | undefined;
  private launchOf = '';
  private connectionsAt = 0;
  private connectionsOf: string | undefined;
  private isAsking = false;

  constructor(
    private readonly ports: Ports,
    private readonly networks: NetworksPort,
  ) {}

  follow(tab: TabId | undefined, container: Container | undefined, now: number): void {
    if (tab === 'processes' && container) this.wantProcesses(container, now);
    else this.processesOf = undefined;
    if (tab === 'network' && container) this.wantConnections(container, now);
    else this.connectionsOf = undefined;
    if (tab === 'launch' && container) this.wantLaunch(container);
    else this.launchOf = '';
  }

  private wantProcesses({ id, state }: Container, now: number): void {
    const isNew = this.processesOf !== id;
    if (!isNew && (now - this.processesAt < PROCESSES_EVERY_MS || !isRunning(state.status))) return;
    this.processesOf = id;
    this.processesAt = now;
    const { engine, clock, dispatch } = this.ports;
    void engine.top(id).then(
      (list) => dispatch({ type: 'processes', id, at: clock.now(), list }),
      (error: unknown) => dispatch({ type: 'processes', id, at: clock.now(), list: failureOf(error) }),
    );
  }

  /** No other is asked for before the answer came: of very many there is much to read. */
  private wantConnections(container: Container, now: number): void {
    const { id } = container;
    const isNew = this.connectionsOf !== id;
    if (!isNew && (this.isAsking || now - this.connectionsAt < CONNECTIONS_EVERY_MS)) return;
    this.connectionsOf = id;
    this.connectionsAt = now;
    this.isAsking = true;
    void this.networks
      .connections(container)
      .catch(failureOf)
      .then((found) => {
        this.isAsking = false;
        this.ports.dispatch({ type: 'connections', id, found });
      });
  }

  private wantLaunch({ id, state: { startedAt } }: Container): void {
    const key = `${id} ${startedAt ?? ''}`;
    if (this.launchOf === key) return;
    this.launchOf = key;
    const { engine, dispatch } = this.ports;
    void engine.launchReport(id).then(
      (report) => dispatch({ type: 'launch', id, startedAt, report }),
      (error: unknown) => dispatch({ type: 'launch', id, startedAt, report: failureOf(error) }),
    );
  }
}
