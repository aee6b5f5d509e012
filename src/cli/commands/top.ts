// tscontain top
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes, render } from '../output.js';

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

export const top: Command = {
  name: 'top',
  summary: 'The processes of a container, as the host sees them',
  description: 'Read from /proc of the host: nothing of the container is run, so it also works where it has no ps.',
  arguments: [{ name: 'container', complete: 'running' }],
  options: [{ flags: '--format <format>', description: 'table, json, or a template', complete: ['table', 'json'] }],
  async run(context, [ref = ''], values) {
    const engine = await context.engine();
    const rows = (await engine.top(ref)).map((process) => ({
      PID: process.pid,
      IN: process.containerPid,
      PPID: process.parentPid,
      UID: process.uid,
      S: process.state,
      THR: process.threads,
      RSS: bytes(process.rssBytes),
      STIME: new Date(process.startedAt).toISOString().slice(11, 19),
      TIME: clock(process.cpuMs),
      CMD: process.command,
    }));
    context.print(
      render(rows, {
        columns: ['PID', 'IN', 'PPID', 'UID', 'S', 'THR', 'RSS', 'STIME', 'TIME', 'CMD'],
        format: text(values, 'format'),
      }),
    );
    return EXIT.ok;
  },
};
