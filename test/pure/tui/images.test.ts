// The Images view: what it shows of each image, what keys do in it, and what is said before something is removed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageRow } from '../../../src/tui/images/port.js';
import {
  freedBytes,
  goneWith,
  keyOf,
  prunable,
  sharedBytes,
  sharersOf,
  totalBytes,
} from '../../../src/tui/images/sharing.js';
import { stackRows } from '../../../src/tui/panels/images/layers.js';
import { instructionOf } from '../../../src/tui/present/image.js';
import { Desk } from '../../support/desk.js';

const image = (name: string | undefined, id: string, ...layers: readonly (readonly [string, number])[]): ImageRow => ({
  id,
  name,
  created: '2026-11-01T00:00:00Z',
  sizeBytes: layers.reduce((sum, [, size]) => sum + size, 0),
  layers: layers.map(([layer, sizeBytes]) => ({ id: layer, sizeBytes })),
  platform: 'linux/amd64',
  config: {},
  usedBy: [],
});

describe('what images share', () => {
  const base = ['debian', 100] as const;
  const list = [
    image('debian:12', 'd', base),
    image('web:1', 'w1', base, ['app 1', 30]),
    image('web:2', 'w2', base, ['app 2', 31], ['more', 4]),
    image('web:latest', 'w2', base, ['app 2', 31], ['more', 4]),
    image(undefined, 'n', ['lonely', 7]),
  ] as const;
  const [debian, web1, web2, latest, nameless] = list;

  it('is what another image has too, and another name of the same is no other image', () => {
    assert.equal(sharedBytes(list, web2), 100);
    assert.equal(sharedBytes(list, nameless), 0);
    assert.deepEqual(sharersOf(list, 'debian', web2), ['debian:12', 'web:1']);
    assert.deepEqual(sharersOf(list, 'more', web2), []);
    assert.equal(totalBytes(list), 100 + 30 + 31 + 4 + 7);
  });

  it('is free when the last that has it goes', () => {
    assert.equal(freedBytes(list, [web1]), 30);
    assert.equal(freedBytes(list, [web2]), 0, 'it has another name');
    assert.deepEqual([...goneWith(list, [web2])], []);
    assert.equal(freedBytes(list, [web2, latest]), 35);
    assert.equal(freedBytes(list, [debian, web1, web2, latest]), 165);
  });

  it('is pruned where no container uses it', () => {
    const container = { config: { image: { id: 'w1' } } } as never;
    assert.deepEqual(prunable(list, [container], 'dangling').map(keyOf), ['n']);
    assert.deepEqual(prunable(list, [container], 'unused').map(keyOf), ['debian:12', 'web:2', 'web:latest', 'n']);
  });
});

describe('a line of the history', () => {
  it('is the instruction as it stood in the Dockerfile', () => {
    for (const [createdBy, word, rest] of [
      ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD', '["bash"]'],
      ['/bin/sh -c apt-get update', 'RUN', 'apt-get update'],
      ['|1 A=1 /bin/sh -c make', 'RUN', 'make'],
      ['RUN /bin/sh -c set -x # buildkit', 'RUN', 'set -x'],
      ['RUN |2 A=1 B=2 /bin/sh -c make all # buildkit', 'RUN', 'make all'],
      ['COPY . . # buildkit', 'COPY', '. .'],
      ['made of the programs of this host', '', 'made of the programs of this host'],
      ['', '', ''],
    ] as const) {
      assert.deepEqual(instructionOf(createdBy), { word, rest }, createdBy);
    }
  });
});

describe('the stack of layers', () => {
  it('is as high as there is room, each layer by its size and never nothing', () => {
    assert.deepEqual(stackRows([1, 1, 98], 10), [1, 1, 8]);
    assert.deepEqual(stackRows([50, 50], 6), [3, 3]);
    assert.deepEqual(stackRows([0, 0], 9), [1, 1]);
    assert.deepEqual(stackRows([5, 5, 5, 5], 2), [1, 1], 'what has no room is left out');
    assert.deepEqual(stackRows([], 5), []);
  });
});

describe('the Images view', () => {
  it('says of each image what it has, what it shares, and who uses it', async () => {
    await Desk.with({ columns: 200 }, async (desk) => {
      await desk.type('I');
      const text = desk.text();
      assert.match(text, /images 10/);
      assert.match(
        text,
        /nginx:1\.27 +[0-9a-f]{12} +188M .* 117M +web +30d +linux\/amd64 +\/docker-entrypoint\.sh nginx -g 'daemon off;'/,
      );
      assert.match(text, /<none>/);
      assert.match(text, /in \d+ layers/);
    });
  });

  it('filters, sorts, marks and chooses columns as the table of containers does', async () => {
    const desk = await Desk.open({ columns: 160 });
    await desk.type('I', '/', 'shop');
    assert.match(desk.text(), /images 2 of 10.*\/shop_/);
    await desk.type('enter', 'escape', 's', 'down', 'enter');
    assert.equal(desk.state.images.sort, 'size');
    assert.match(desk.text(), /sort size ↓/);
    const first = desk.state.images.selected;
    await desk.click('SIZE');
    assert.match(desk.text(), /sort size ↑/);
    assert.equal(desk.state.images.selected, first, 'the selection stays with its image');
    await desk.type('home', 'space', 'space');
    assert.match(desk.text(), /2 marked/);
    await desk.type('C', 'down', 'space', 'enter');
    assert.doesNotMatch(desk.text(), / ID /);
    await desk.type('escape');
    assert.equal(desk.state.images.marks.size, 0);
    await desk.type('escape');
    assert.equal(desk.state.view.page, 'overview');
    desk.close();
  });

  it('shows the layers of the selected one and who else has them', async () => {
    const desk = await Desk.open({ columns: 160, rows: 50 });
    await desk.type('I', '/', 'nginx', 'enter', '2');
    const text = desk.text();
    assert.match(text, /²layers/);
    assert.match(text, /CMD \["nginx" "-g" "daemon off;"\]/);
    assert.match(text, /71M +\d+d +RUN set -x && groupadd/);
    assert.match(text, /117M +\d+d +ADD file:.* debian:12 \+\d/);
    await desk.type('end', 'enter');
    assert.match(desk.text(), /shared with debian:12, node:24/);
    desk.close();
  });

  it('says what it is like as a person would', async () => {
    const desk = await Desk.open({ columns: 160, rows: 60 });
    await desk.type('I', '/', 'nginx', 'enter', '3', 'z');
    const text = desk.text();
    for (const line of [
      /runs +\/docker-entrypoint\.sh nginx -g 'daemon off;'/,
      /as +root/,
      /listens on +80\/tcp {2}443\/tcp/,
      /stopped by +SIGQUIT/,
      /healthy when +curl -fsS .* \(every 30s, at most 5s, 3 failures in a row, 10s to start\)/,
      /environment +PATH=/,
      /used by +web/,
      /size +188M in 5 layers, 117M of it shared/,
    ])
      assert.match(text, line);
    await desk.type('c');
    assert.match(desk.copied.at(-1)!, /^runs\t/);
    desk.close();
  });

  it('asks for the details of what is selected, and keeps no answer about another', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'down', 'down');
    assert.equal(
      desk.state.images.details?.id,
      desk.state.images.list?.find((one) => keyOf(one) === desk.state.images.selected)?.id,
    );
    desk.dispatch({ type: 'image-details', id: 'f'.repeat(64), details: { id: 'f'.repeat(64), history: [] } });
    assert.notEqual(desk.state.images.details?.id, 'f'.repeat(64));
    desk.close();
  });

  it('runs a container from the selected image', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'down', 'r');
    assert.match(desk.text(), /image +debian:12/);
    await desk.type('enter');
    assert.ok(desk.calls.includes('create calm_otter debian:12'), desk.calls.join());
    desk.close();
  });

  it('says what a removal frees and what stays, and takes a name back', async () => {
    const desk = await Desk.open();
    await desk.type('I', '/', 'redis', 'enter', 'escape', 'd');
    assert.match(desk.text(), /Frees 32M: the layers that no other image has/);
    assert.match(desk.text(), /This cannot be taken back/);
    await desk.type('right', 'enter');
    assert.match(desk.notice, /redis:7-alpine was removed: 32M free/);
    await desk.type('/', 'debian', 'enter', 'escape', 't', 'mine:1', 'enter');
    assert.match(desk.notice, /debian:12 is mine:1 too/);
    await desk.type('/', 'mine', 'enter', 'escape', 'd');
    assert.match(desk.text(), /is one of 2 names: the image stays/);
    await desk.type('right', 'enter', 'ctrl-z');
    assert.match(desk.notice, /mine:1 is a name of its image again/);
    assert.ok(desk.state.images.list?.some(({ name }) => name === 'mine:1'));
    await desk.type('ctrl-z');
    assert.match(desk.notice, /mine:1 is a name no more/);
    desk.close();
  });

  it('leaves out what containers use, and says so', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'space', '/', 'redis', 'enter', 'escape', 'space', 'd');
    assert.match(desk.text(), /base is left out: a container uses it/);
    await desk.type('right', 'enter');
    assert.deepEqual(desk.calls, ['remove-image redis:7-alpine']);
    desk.close();
  });

  it('prunes after showing which and how much', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'X');
    const text = desk.text();
    assert.match(text, /without a name: 2 images/);
    assert.match(text, /used by no container: \d images/);
    assert.match(text, /All of it together frees/);
    await desk.type('right', 'enter');
    assert.deepEqual(desk.calls, ['prune-images dangling']);
    assert.match(desk.notice, /2 images pruned: \d+M free/);
    desk.close();
  });

  it('says on an empty machine what to do', async () => {
    const desk = await Desk.open({ crowd: 'nothing' });
    await desk.type('i');
    assert.match(desk.text(), /There is no image here yet/);
    await desk.click('pull one');
    assert.match(desk.text(), /pull an image/);
    desk.close();
  });

  it('has one pane at a time where there is little room', async () => {
    const desk = await Desk.open({ columns: 80, rows: 24 });
    await desk.type('I');
    assert.doesNotMatch(desk.text(), /²layers/);
    await desk.type('enter');
    assert.match(desk.text(), /²layers/);
    await desk.type('escape');
    assert.match(desk.text(), /images 10/);
    desk.close();
  });

  it('is led to by the palette: an image by its name, and its run', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'escape', ':', 'image node', 'enter');
    assert.equal(desk.state.images.selected, 'node:24');
    assert.equal(desk.state.view.page, 'images');
    await desk.type(':', 'run postgres', 'enter');
    assert.match(desk.text(), /image +postgres:17/);
    desk.close();
  });
});
