// tscontain logs
import { parseTime, TscontainError } from '../../engine/index.js';
import { flag, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';

const NEWLINE = Buffer.from('\n');

/** Gathers small writes: a line each would be a system call each. */
const CHUNK_BYTES = 64 * 1024;

export const logs: Command = {
  name: 'logs',
  summary: 'Print what a container wrote',
  arguments: [{ name: 'container', complete: 'container' }],
  options: [
    { flags: '-f, --follow', description: 'go on as it writes' },
    { flags: '-n, --tail <lines>', description: 'from the end only; all when absent' },
    { flags: '-t, --timestamps', description: 'when each line was written' },
    { flags: '--since <time>', description: '10m, 2026-01-31T10:00:00Z or seconds since 1970' },
    { flags: '--until <time>', description: 'up to then' },
  ],
  examples: [{ command: 'tscontain logs -f --tail 20 web', what: 'the last twenty lines and what comes' }],
  async run(context, [ref = ''], values) {
    const tail = text(values, 'tail');
    if (tail !== undefined && tail !== 'all' && !/^\d+$/.test(tail)) {
      throw new TscontainError('INVALID_VALUE', `--tail "${tail}" is no number of lines`, {
        hint: 'give a number, or all',
      });
    }
    const since = text(values, 'since');
    const until = text(values, 'until');
    const abort = new AbortController();
    process.once('SIGINT', () => abort.abort());
    process.once('SIGTERM', () => abort.abort());
    const engine = await context.engine();
    const batches = engine.logBatches(ref, {
      follow: flag(values, 'follow'),
      signal: abort.signal,
      ...(tail === undefined || tail === 'all' ? {} : { tail: Number(tail) }),
      ...(since === undefined ? {} : { since: parseTime(since, '--since', Date.now()) }),
      ...(until === undefined ? {} : { until: parseTime(until, '--until', Date.now()) }),
    });
    const outputs = { stdout: new Gatherer(context.stdout), stderr: new Gatherer(context.stderr) };
    const flush = () => Promise.all([outputs.stdout.flush(), outputs.stderr.flush()]);
    const flushing = setInterval(() => void flush(), 50);
    const timestamps = flag(values, 'timestamps');
    const continued = { stdout: false, stderr: false };
    for await (const batch of batches) {
      for (const entry of batch) {
        const output = outputs[entry.stream];
        if (timestamps && !continued[entry.stream]) output.add(Buffer.from(`${entry.time} `));
        output.add(entry.text);
        if (!entry.partial) output.add(NEWLINE);
        continued[entry.stream] = entry.partial;
      }
      if (outputs.stdout.size + outputs.stderr.size >= CHUNK_BYTES) await flush();
    }
    clearInterval(flushing);
    await flush();
    return EXIT.ok;
  },
};

class Gatherer {
  private pieces: Buffer[] = [];
  size = 0;
  constructor(private readonly target: NodeJS.WriteStream) {}

  add(piece: Buffer): void {
    this.pieces.push(piece);
    this.size += piece.length;
  }

  async flush(): Promise<void> {
    if (this.size === 0) return;
    const chunk = Buffer.concat(this.pieces, this.size);
    this.pieces = [];
    this.size = 0;
    if (!this.target.write(chunk)) await new Promise((resolve) => this.target.once('drain', resolve));
  }
}
