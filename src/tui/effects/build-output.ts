// What builds write, and moving about in it: only here are the lines, the size of the pane and the viewer together.
import { buildParts, imagePaneInside, shownBuild } from '../image-layout.js';
import type { BuildNews } from '../images/port.js';
import { LogBuffer } from '../logs/buffer.js';
import { LogView } from '../logs/view.js';
import { buildLines, buildViewerNow } from '../panels/images/build.js';
import { glyphsFor, themeFor } from '../screen/index.js';
import { reduceViewer, scrollViewer, settleViewer, showLine, type Viewer } from '../widgets/index.js';
import type { Ports } from './ports.js';

/** How long a search looks through what is kept before the keyboard gets its turn, ms. */
const WORK_MS = 6;
/** Frames of a flood of lines: ten a second, ms. */
const FRAME_MS = 100;

export class BuildOutput {
  private readonly views = new Map<number, LogView>();
  private frame: NodeJS.Timeout | undefined;

  constructor(private readonly ports: Ports) {}

  begin(number: number): void {
    this.views.set(number, new LogView(new LogBuffer(String(number))));
  }

  forget(numbers: readonly number[]): void {
    for (const number of numbers) this.views.delete(number);
  }

  lines(number: number): LogView | undefined {
    return this.views.get(number);
  }

  add(number: number, { step, stream, text }: Extract<BuildNews, { type: 'output' }>): void {
    const { buffer } = this.views.get(number) ?? {};
    const time = new Date(this.ports.clock.now()).toISOString();
    const lines = text.split('\n');
    const rest = lines.pop()!;
    for (const line of lines) buffer?.add({ time, stream, partial: false, text: Buffer.from(line) }, step);
    // It goes on in what comes next.
    if (rest !== '') buffer?.add({ time, stream, partial: true, text: Buffer.from(rest) }, step);
    this.frame ??= setTimeout(() => {
      this.frame = undefined;
      this.ports.invalidate();
    }, FRAME_MS);
  }

  scroll(by: string | number): void {
    const { search } = this.ports.state().jobs;
    const number = shownBuild(this.ports.state())?.number;
    const view = number === undefined ? undefined : this.views.get(number);
    if (view === undefined) return;
    view.set('', search.text);
    this.find(view, by);
  }

  /** In slices, as what is kept may be long; what was searched for is gone to when all of it was looked through. */
  private find(view: LogView, by: string | number): void {
    if (!view.work(WORK_MS)) {
      setImmediate(() => this.find(view, by));
      return;
    }
    const viewer = this.moved(view, by);
    if (viewer !== undefined) this.ports.dispatch({ type: 'build-viewer', viewer, base: view.base });
  }

  private moved(view: LogView, by: string | number): Viewer | undefined {
    const state = this.ports.state();
    const build = shownBuild(state);
    const area = buildParts(imagePaneInside(state), build?.progress.steps.length ?? 0).output;
    // Only widths matter here, and every theme has the same.
    const lines = buildLines(view, themeFor(256), glyphsFor(state.appearance.glyphs));
    const viewer = settleViewer(buildViewerNow(state.jobs, view), lines, area);
    if (by === 'n' || by === 'N') {
      const last = Math.min(view.length, viewer.top + area.height);
      const from = viewer.found >= 0 ? viewer.found : by === 'n' ? viewer.top - 1 : last;
      const index = view.findFrom(from, by === 'n' ? 1 : -1);
      return index === undefined ? { ...viewer, found: -1 } : showLine({ ...viewer, found: index }, index, lines, area);
    }
    return typeof by === 'number' ? scrollViewer(viewer, by, lines, area) : reduceViewer(viewer, by, lines, area);
  }
}
