// The Logs tab's half that needs the lines themselves: who is read follows from the state; moving, opening, saving are effects.
import type { LogView } from '../logs/view.js';
import { logKey, logSources } from '../reducers/logs.js';
import { selectedContainer } from '../rows.js';
import type { State } from '../state.js';
import type { Viewer } from '../widgets/index.js';
import type { Doers, EffectOf } from './doers.js';
import { exportLogs } from './export-logs.js';
import { failureOf } from './failure.js';
import { LogFollower } from './logs.js';
import type { Ports } from './ports.js';
import {
  anchoredViewer,
  anchorsOf,
  lineInSight,
  openedLine,
  scrolledLogs,
  shownLogText,
  viewerAt,
} from './scroll-logs.js';

export class LogPane {
  readonly doers: Doers<'scroll-logs' | 'jump-logs' | 'open-log-line' | 'export-logs'> = {
    'scroll-logs': ({ by }) => this.scroll(by),
    'jump-logs': ({ at }) => this.jump(at),
    'open-log-line': ({ place }) => this.open(place),
    'export-logs': (effect) => void this.export(effect),
  };

  private readonly follower: LogFollower;
  /** The lines that somebody looked at when the filter was changed: whatever it hides meanwhile, they come back to their place. */
  private anchors: ReturnType<typeof anchorsOf> | undefined;

  constructor(private readonly ports: Ports) {
    this.follower = new LogFollower(ports);
  }

  get view(): LogView {
    return this.follower.view;
  }

  close(): void {
    this.follower.close();
  }

  /** The lines that are in sight. */
  shownText(): string {
    return shownLogText(this.ports.state(), this.view);
  }

  /** The lines of those who are in front; another filter leaves the line at the top where it is. */
  follow(before: State, state: State, isInFront: boolean): void {
    const key = isInFront ? logKey(state) : undefined;
    const { from, until } = state.logs.range;
    const bounds = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
    const viewBefore = this.view;
    this.follower.follow(key === undefined ? undefined : { key, sources: logSources(state), ...bounds });
    const startOf = ({ containers }: State): string | undefined =>
      containers.byId.get(selectedContainer(state)?.id ?? '')?.state.startedAt;
    if (key !== undefined && startOf(state) !== startOf(before)) this.follower.again();
    const { filter, search } = state.logs;
    const isNew = filter.text !== before.logs.filter.text || search.text !== before.logs.search.text;
    if (key === undefined || (!isNew && this.view === viewBefore)) return;
    if (this.view !== viewBefore || state.logs.viewer.follow) this.anchors = undefined;
    else this.anchors ??= anchorsOf(state, this.view);
    const { anchors } = this;
    this.follower.show(filter.text, search.text, () => {
      if (anchors) this.show(anchoredViewer(this.ports.state(), this.view, anchors));
    });
  }

  private show(viewer: Viewer): void {
    this.ports.dispatch({ type: 'logs-viewer', viewer, base: this.view.base });
  }

  private scroll(by: string | number): void {
    if (by === 'n' || by === 'N') this.follower.whenFound(() => this.scrollNow(by));
    else this.scrollNow(by);
  }

  private scrollNow(by: string | number): void {
    const viewer = scrolledLogs(this.ports.state(), this.view, by);
    if (!viewer) return;
    this.anchors = undefined;
    this.show(viewer);
    if (viewer.top === 0 && !viewer.follow) void this.older();
  }

  /** Older lines before the oldest: the line that was at the top stays there. */
  private async older(): Promise<void> {
    const { view } = this;
    if (view.sources.length <= 1) {
      await this.follower.older();
      return;
    }
    const anchors = anchorsOf(this.ports.state(), view);
    await this.follower.older();
    if (this.view === view) this.show(anchoredViewer(this.ports.state(), view, anchors));
  }

  private jump(at: number): void {
    const { view } = this;
    const isKept = view.total > 0 && Date.parse(view.buffer.at(0).time) <= at;
    if (isKept) this.show(viewerAt(this.ports.state(), view, at));
    else this.ports.dispatch({ type: 'logs-from', at });
  }

  private open(place: number | undefined): void {
    const { view } = this;
    const index = place === undefined ? lineInSight(this.ports.state(), view) : place - view.base;
    if (index === undefined || index < 0 || index >= view.length) {
      this.ports.dispatch({ type: 'notice', kind: 'warning', text: 'There is no line here to open.' });
      return;
    }
    this.ports.dispatch({ type: 'show-text', ...openedLine(this.ports.state(), view, index) });
  }

  private async export({ path, replace }: EffectOf<'export-logs'>): Promise<void> {
    const { dispatch } = this.ports;
    try {
      const exported = await exportLogs(this.view, path, replace);
      if (exported.kind === 'exists') dispatch({ type: 'export-exists', path: exported.path, what: exported.what });
      else dispatch({ type: 'exported', ...exported });
    } catch (error) {
      dispatch({ type: 'refused', failure: failureOf(error) });
    }
  }
}
