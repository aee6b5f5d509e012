// A build of the engine as the dashboard hears of it.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { it } from 'node:test';
import type { BuildEvent, BuildWishes } from '../../../src/engine/index.js';
import { buildVerb } from '../../../src/tui/effects/build-news.js';
import type { BuildNews } from '../../../src/tui/images/port.js';

const RESULT = { id: `sha256:${'0'.repeat(64)}`, names: [], steps: 0, cached: 0, warnings: [] } as const;

it('what is asked for in the dashboard is what the engine is asked for, and its events are steps and text', async () => {
  const asked: BuildWishes[] = [];
  const events: readonly BuildEvent[] = [
    {
      kind: 'warning',
      place: 'Dockerfile:1:1',
      warning: { rule: 'X', position: { line: 1, column: 1 }, message: 'a doubt' },
    },
    { kind: 'begin', step: 1, title: '[one 2/3] RUN make' },
    { kind: 'output', step: 1, stream: 'stdout', data: Buffer.from([0xc3]) },
    { kind: 'output', step: 1, stream: 'stdout', data: Buffer.from([0xbc, 0x0a]) },
    { kind: 'end', step: 1, how: 'failed', ms: 1, why: 'because' },
    { kind: 'begin', step: 2, title: 'exporting to image' },
    { kind: 'end', step: 2, how: 'cached', ms: 1 },
  ];
  const build = buildVerb({
    build: (wishes) => {
      asked.push(wishes);
      for (const event of events) wishes.onEvent?.(event);
      return Promise.resolve(RESULT);
    },
  });
  const news: BuildNews[] = [];
  const { signal } = new AbortController();
  const request = {
    directory: '/d',
    dockerfile: 'x/Dockerfile',
    tag: 'web',
    target: '',
    args: ['A=1=2'],
    noCache: true,
  };
  await build(request, { signal, onNews: (each) => news.push(each) });
  const { onEvent: _onEvent, ...wishes } = asked[0]!;
  assert.deepEqual(wishes, {
    context: { kind: 'directory', path: '/d' },
    dockerfile: resolve('/d/x/Dockerfile'),
    tags: ['web'],
    args: new Map([['A', '1=2']]),
    noCache: true,
    signal,
  });
  assert.deepEqual(news, [
    { type: 'output', step: 1, stream: 'stderr', text: 'Dockerfile:1:1: a doubt\n' },
    { type: 'step', step: { number: 1, text: 'RUN make', stage: 'one', status: 'running' } },
    { type: 'output', step: 1, stream: 'stdout', text: 'ü\n' },
    { type: 'step', step: { number: 1, text: 'RUN make', stage: 'one', status: 'failed' } },
    { type: 'output', step: 1, stream: 'stderr', text: 'because\n' },
    { type: 'step', step: { number: 2, text: 'exporting to image', status: 'running' } },
    { type: 'step', step: { number: 2, text: 'exporting to image', status: 'cached' } },
  ]);
});
