// A process gives back the pages that are in files anyway, and goes on as if nothing had been.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { launch, onChildExit, releaseFilePages, type ExitStatus } from '../../../src/native/index.js';

const rssKb = () => Number(/^Rss: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'latin1'))![1]);

it('releasing the pages of files makes a process smaller and breaks nothing', async () => {
  const before = rssKb();
  assert.ok(releaseFilePages() > 10 * 1024 * 1024);
  const after = rssKb();
  assert.ok(after < before - 10 * 1024, `${before} kB before, ${after} kB after`);
  // Code that was thrown out is called: the regular expressions, the parser, koffi, the trampoline.
  assert.deepEqual(JSON.parse('{"a":[1,2.5]}'), { a: [1, 2.5] });
  const { pid } = await launch([{ name: 'run true', call: 'execve', args: ['/bin/true', ['true'], []] }]);
  assert.deepEqual(await new Promise<ExitStatus | undefined>((resolve) => void onChildExit(pid, resolve)), { code: 0 });
});
