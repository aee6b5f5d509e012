// What goes on with images on the made-up machine: the layers of a transfer, the steps of a build, as made-up time passes.
import type { TransferEvent } from '../../src/engine/index.js';
import type { BuildNews, BuildRequest } from '../../src/tui/images/port.js';
import { idOf } from './demo-people.js';

const MiB = 1024 ** 2;
/** Bytes a second of one layer, and of unpacking. */
const SPEED = 3.1 * MiB;
const UNPACKING = 22 * MiB;

export class DemoBlob {
  isOver: boolean;
  private current = 0;
  private unpacked = 0;
  private waitsMs = 0;
  private mayFail: boolean;
  private readonly digest: TransferEvent['digest'];

  constructor(
    seed: string,
    private readonly total: number,
    isThere: boolean,
    fails: boolean,
    private readonly unpacks: boolean,
    private readonly onEvent: (event: TransferEvent) => void,
  ) {
    this.digest = `sha256:${idOf(seed)}`;
    this.isOver = isThere;
    this.mayFail = fails;
    this.tell(isThere ? 'there' : 'waiting', 0);
  }

  advance(ms: number): void {
    if (this.waitsMs > 0) {
      this.waitsMs = Math.max(0, this.waitsMs - ms);
      return;
    }
    if (this.current < this.total) {
      // Told more often than made-up time passes, as a real one is.
      for (let part = 1; part <= 10; part++)
        this.tell('moving', Math.min(this.total, this.current + (SPEED * ms * part) / 10_000));
      this.current = Math.min(this.total, this.current + (SPEED * ms) / 1000);
      if (this.mayFail && this.current > this.total * 0.3) {
        this.mayFail = false;
        this.waitsMs = 3000;
        this.tell('retrying', this.current, { why: 'connection reset by peer', retryInMs: 3000 });
      }
      return;
    }
    this.unpacked = Math.min(this.total, this.unpacked + (UNPACKING * ms) / 1000);
    if (this.unpacks && this.unpacked < this.total) this.tell('unpacking', this.unpacked);
    else {
      this.isOver = true;
      this.tell('done', this.total);
    }
  }

  private tell(phase: TransferEvent['phase'], current: number, more: Partial<TransferEvent> = {}): void {
    this.onEvent({ digest: this.digest, what: 'layer', phase, current, total: this.total, ...more });
  }
}

/** Instructions with how long each takes, ms; what takes no time is there from an earlier build. */
const BUILD: readonly (readonly [stage: string, text: string, ms: number])[] = [
  ['deps', 'FROM node:24 AS deps', 0],
  ['deps', 'WORKDIR /app', 0],
  ['deps', 'COPY package.json package-lock.json ./', 0],
  ['deps', 'RUN --mount=type=cache,target=/root/.npm npm ci', 9000],
  ['build', 'FROM deps AS build', 0],
  ['build', 'COPY . .', 400],
  ['build', 'RUN npm run build', 12_000],
  ['build', 'RUN npm test', 15_000],
  ['web', 'FROM nginx:1.27', 0],
  ['web', 'COPY --from=build /app/dist /usr/share/nginx/html', 700],
  ['web', 'HEALTHCHECK --interval=30s CMD curl -fsS http://localhost/', 100],
];

const OUTPUT = [
  'npm warn deprecated inflight@1.0.6: this module is not supported and leaks memory',
  'added 412 packages, and audited 413 packages in 8s',
  '> shop@2.1.0 build',
  '> vite build',
  '\u001b[36mvite v7.1.3\u001b[0m \u001b[32mbuilding for production...\u001b[0m',
  'transforming (1204) src/pages/cart.tsx',
  '✓ 1380 modules transformed.',
  'dist/assets/index-BsVxqf3h.js   412.18 kB │ gzip: 131.02 kB',
  'dist/assets/index-Cp7aW2kd.css   48.90 kB │ gzip:   9.71 kB',
];

export class DemoBuild {
  hasFailed = false;
  private readonly left: number[];
  private at = 0;
  private written = 0;

  constructor(
    private readonly request: BuildRequest,
    private readonly onNews: (news: BuildNews) => void,
  ) {
    this.left = BUILD.map(([, , ms]) => ms);
    BUILD.forEach((_, i) => this.tell(i, 'waiting'));
  }

  /** @returns whether it is over */
  advance(ms: number): boolean {
    let time = ms;
    while (this.at < BUILD.length) {
      const left = this.left[this.at]!;
      if (left === 0 && BUILD[this.at]![2] === 0 && !this.request.noCache) {
        this.tell(this.at++, 'cached');
        continue;
      }
      this.tell(this.at, 'running');
      if (time <= 0 && left > 0) return false;
      const spent = Math.min(left, time);
      this.left[this.at]! -= spent;
      time -= spent;
      this.write(spent);
      if (this.left[this.at]! > 0) return false;
      if (this.at === 7 && this.request.directory.includes('fail')) {
        this.tell(this.at, 'failed');
        this.hasFailed = true;
        return true;
      }
      this.tell(this.at++, 'done');
    }
    return true;
  }

  private write(ms: number): void {
    for (let line = 0; line < Math.ceil(ms / 400); line++) {
      const text = OUTPUT[this.written++ % OUTPUT.length]!;
      const stream = text.includes('warn') ? 'stderr' : 'stdout';
      this.onNews({ type: 'output', step: this.at + 1, stream, text: `${text}\n` });
    }
  }

  private tell(i: number, status: 'waiting' | 'running' | 'cached' | 'done' | 'failed'): void {
    const [stage, text] = BUILD[i]!;
    this.onNews({ type: 'step', step: { number: i + 1, text, stage, status, at: `Dockerfile:${i + 2}` } });
  }
}
