// Every widget on a page of its own, for tests and for eyes: what the screen does is seen here without a container.
//
//   1 table  2 charts  3 text  4 form  5 shell  d dialog  p palette  ? help  x throw  r reject  q quit
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { PtyStream, openHostPty } from '../../../src/native/index.js';
import {
  type Canvas,
  type Hit,
  type Rect,
  type Screen,
  type ScreenEvent,
  detectAscii,
  detectColours,
  glyphsFor,
  inset,
  openScreen,
  themeFor,
} from '../../../src/tui/screen/index.js';
import { type Pty, type TerminalPane, openPane } from '../../../src/tui/terminal/index.js';
import {
  type Column,
  type Dialog,
  type Form,
  LIST_START,
  type Menu,
  VIEWER_START,
  lineOf,
  loadLineChart,
  moveByKey,
  moveByWheel,
  openMenu,
  paintDialog,
  paintForm,
  paintFrame,
  paintGraphRow,
  paintHelp,
  paintLineChart,
  paintMenu,
  paintMeter,
  paintModal,
  paintNotice,
  paintTable,
  paintViewer,
  modalRect,
  reduceDialog,
  reduceForm,
  reduceMenu,
  reduceViewer,
  selectedItem,
  settleViewer,
} from '../../../src/tui/widgets/index.js';

const pages = ['table', 'charts', 'text', 'form', 'shell'] as const;
type Page = (typeof pages)[number];

interface Row {
  readonly name: string;
  readonly image: string;
  readonly cpu: Float64Array;
  readonly share: number;
}

let seed = Number(process.env['GALLERY_SEED'] ?? 7);
function random(): number {
  seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
}

const names = [
  'web',
  'db',
  'backup',
  'ci-runner',
  'reports',
  '数据库',
  'naïve',
  'emoji😀box',
  'evil\x1b[2J\x1b]0;x\x07',
  'r‮ltr',
];
const rows: Row[] = Array.from({ length: Number(process.env['GALLERY_ROWS'] ?? 50) }, (_, i) => ({
  name: i < names.length ? names[i]! : `worker-${i}`,
  image: ['nginx:1.27', 'postgres:17', 'debian:12', 'node:24'][i % 4]!,
  cpu: new Float64Array(120).map((_v, j) =>
    i % 5 === 2 && j > 40 && j < 60 ? NaN : random() * (i % 3 === 0 ? 1 : 0.4),
  ),
  share: random(),
}));

const logs = Array.from({ length: 500 }, (_, i) => {
  if (i % 50 === 7) return `\x1b[31merror\x1b[0m ${i} something \x1b[1mbroke\x1b[0m \x1b]52;c;aGk=\x07hard`;
  return `line ${i} ${'lorem ipsum dolor '.repeat((i % 9) + 1)}`;
});
const lines = { length: logs.length, at: (index: number) => logs[index]! };

let page: Page = 'table';
let position = LIST_START;
let viewer = { ...VIEWER_START };
let dialog: Dialog | undefined;
let menu: Menu | undefined;
let isHelpOpen = false;
let said = 'backup makes 91 % of the writes';
let shell: TerminalPane | undefined;
let form: Form = {
  focus: 'name',
  top: 0,
  rows: [
    { kind: 'text', id: 'name', label: 'name', line: lineOf('web'), width: 24 },
    { kind: 'text', id: 'memory', label: 'memory', line: lineOf('48'), width: 12, error: '13M below what is in use' },
    { kind: 'text', id: 'cpus', label: 'cpus', line: lineOf(''), width: 12, placeholder: 'no limit', hint: 'cores' },
    { kind: 'check', id: 'tty', label: 'terminal', checked: true },
    { kind: 'choice', id: 'restart', label: 'restart', options: ['no', 'always', 'on-failure'], chosen: 0 },
  ],
};

const columns: Column<Row>[] = [
  {
    id: 'state',
    title: '',
    min: 1,
    priority: 0,
    cell: () => screen.look.glyphs.mark.running,
    style: () => screen.look.theme.good,
  },
  { id: 'name', title: 'NAME', min: 10, max: 24, priority: 0, cell: (row) => row.name },
  {
    id: 'image',
    title: 'IMAGE',
    min: 10,
    max: 16,
    priority: 3,
    cell: (row) => row.image,
    style: () => screen.look.theme.dim,
  },
  {
    id: 'cpu',
    title: 'CPU',
    min: 10,
    max: 20,
    priority: 0,
    cell: (row) => (canvas, rect) =>
      paintGraphRow(canvas, rect.x, rect.y, rect.width, {
        values: row.cpu,
        max: 1,
        limit: 1,
        ramp: canvas.theme.resource.cpu,
      }),
  },
  { id: 'cores', title: 'cores', min: 5, priority: 0, align: 'right', cell: (row) => (row.cpu.at(-1) ?? 0).toFixed(2) },
  {
    id: 'memory',
    title: 'MEMORY',
    min: 7,
    priority: 1,
    cell: (row) => (canvas, rect) =>
      paintMeter(canvas, rect.x, rect.y, rect.width, row.share, canvas.theme.resource.memory),
  },
];

function paintPage(canvas: Canvas, rect: Rect): void {
  const { theme, glyphs } = canvas;
  const inner = paintFrame(canvas, rect, {
    focused: true,
    titles: pages.map((name, i) => ({
      text: name,
      number: i + 1,
      active: name === page,
      target: { kind: 'page', id: name },
    })),
    right: `${canvas.width}x${canvas.height}`,
    keys: [
      { key: 'd', label: 'dialog', target: { kind: 'key', id: 'd' } },
      { key: 'p', label: 'palette', target: { kind: 'key', id: 'p' } },
      { key: 'q', label: 'quit', target: { kind: 'key', id: 'q' } },
      { key: '?', label: 'keys', target: { kind: 'key', id: '?' } },
    ],
  });
  const padded = { ...inner, x: inner.x + 1, width: inner.width - 2 };
  switch (page) {
    case 'table':
      paintTable(canvas, padded, {
        columns,
        rows,
        position,
        focused: true,
        sort: { column: 'cpu', descending: true },
        rowTarget: (_row, index) => ({ kind: 'row', index }),
      });
      break;
    case 'charts': {
      const half = Math.floor(padded.height / 2);
      for (const [i, resource] of (['cpu', 'memory'] as const).entries()) {
        const top = padded.y + i * half;
        canvas.text(padded.x, top, resource, theme.strong);
        paintLineChart(
          canvas,
          { ...padded, y: top + 1, height: half - 1 },
          {
            series: [
              { values: rows[i]!.cpu, style: theme.resource[resource][0] },
              { values: rows[i + 1]!.cpu, style: theme.resource[resource][1] },
            ],
            span: 100,
            max: 1,
            label: (value) => value.toFixed(1),
            labelWidth: 4,
            limit: 0.8,
            from: '-5m',
            to: 'now',
          },
        );
      }
      break;
    }
    case 'text':
      viewer = settleViewer(viewer, lines, padded);
      paintViewer(canvas, padded, viewer, lines);
      break;
    case 'form':
      paintForm(canvas, inset(padded), form, (field) => ({ kind: 'field', id: field.id }));
      break;
    case 'shell':
      shell?.resize(inner.width, inner.height);
      shell?.paint(canvas, inner, dialog === undefined);
      if (shell) canvas.region(inner, { kind: 'shell' });
      else canvas.text(padded.x, padded.y, `opening ${glyphs.ellipsis}`, theme.dim);
  }
}

function paint(canvas: Canvas): void {
  const { theme, glyphs } = canvas;
  paintNotice(
    canvas,
    { x: 1, y: 0, width: canvas.width - 2, height: 1 },
    { text: `${glyphs.mark.suffers} ${said}`, style: theme.notice, keys: [{ key: 'u', label: 'quieten' }] },
  );
  paintPage(canvas, { x: 0, y: 1, width: canvas.width, height: canvas.height - 1 });
  if (dialog) paintDialog(canvas, dialog, (button) => ({ kind: 'button', id: button.id }));
  if (menu) {
    const inner = paintModal(canvas, modalRect(canvas, 60, 16), { titles: [{ text: 'commands' }], focused: true });
    paintMenu(canvas, inner, menu, (item) => ({ kind: 'item', id: item.id }));
  }
  if (isHelpOpen) {
    const inner = paintModal(canvas, modalRect(canvas, 100, 12), { titles: [{ text: 'keys' }], focused: true });
    paintHelp(
      canvas,
      inner,
      [
        {
          title: 'move',
          rows: [
            { keys: 'j k', text: 'down, up' },
            { keys: 'g G', text: 'first, last' },
          ],
        },
        {
          title: 'act',
          rows: [
            { keys: 'd', text: 'a dialog' },
            { keys: 'p', text: 'the palette' },
          ],
        },
      ],
      0,
    );
  }
}

function quit(): never {
  shell?.dispose();
  screen.close();
  process.stdout.write(`left with: ${said}\n`);
  process.exit(0);
}

function onKey(event: ScreenEvent & { type: 'key' }): void {
  const height = screen.height - 4;
  if (dialog) {
    const result = reduceDialog(dialog, event);
    if (result && 'dialog' in result) dialog = result.dialog;
    else if (result) {
      said = 'pressed' in result ? `pressed ${result.pressed}` : 'cancelled';
      dialog = undefined;
    }
  } else if (menu) {
    if (event.key === 'enter') said = `chose ${selectedItem(menu)?.id ?? 'nothing'}`;
    menu = event.key === 'escape' || event.key === 'enter' ? undefined : (reduceMenu(menu, event, 12) ?? menu);
  } else if (page === 'shell' && event.key !== 'ctrl-]') shell?.key(event);
  else if (page === 'form' && event.key !== 'escape') form = reduceForm(form, event) ?? form;
  else onCommand(event.key, height);
}

function onCommand(key: string, height: number): void {
  if (isHelpOpen) {
    isHelpOpen = false;
    return;
  }
  const number = pages[Number(key) - 1];
  if (key === 'q' || key === 'ctrl-c') quit();
  else if (key === 'ctrl-]' || key === 'escape') page = 'table';
  else if (number) openPage(number);
  else if (key === 'd') {
    const { theme } = screen.look;
    dialog = {
      title: 'remove web?',
      focus: 0,
      body: [[{ text: 'The container and what it has written (61 MB) go.', attr: theme.text }]],
      buttons: [
        { id: 'cancel', label: 'Cancel' },
        { id: 'remove', label: 'Remove' },
      ],
    };
  } else if (key === 'p') {
    menu = openMenu(
      [
        { id: 'stop', label: 'stop', detail: 'TERM, then KILL', key: 't' },
        { id: 'limits', label: 'limits', detail: 'change them live', key: 'u' },
        { id: 'sort', label: 'sort by cpu', key: 's' },
      ],
      true,
    );
  } else if (key === '?') isHelpOpen = true;
  else if (key === 'x') throw new Error('thrown on purpose');
  else if (key === 'r') void Promise.reject(new Error('rejected on purpose'));
  else if (page === 'text') viewer = reduceViewer(viewer, key, lines, { width: screen.width - 4, height }) ?? viewer;
  else position = moveByKey(position, key, rows.length, height - 1) ?? position;
}

function openPage(name: Page): void {
  page = name;
  if (name === 'charts') void loadLineChart().then(() => screen.invalidate());
  if (name === 'shell' && !shell) {
    void openPane({ pty: hostShell(), columns: 80, rows: 24, onChange: () => screen.invalidate() }).then((pane) => {
      shell = pane;
      screen.invalidate();
    });
  }
}

function hostShell(): Pty {
  const { masterFd, slaveFd } = openHostPty({ columns: 80, rows: 24 });
  const command = process.env['GALLERY_SHELL'] ?? 'bash --norc --noprofile';
  const child: ChildProcess = spawn('setsid', ['--ctty', 'sh', '-c', `exec ${command}`], {
    stdio: [slaveFd, slaveFd, slaveFd],
    env: { ...process.env, TERM: 'xterm-256color', PS1: '$ ' },
  });
  closeSync(slaveFd);
  const stream = new PtyStream(masterFd);
  return {
    onData: (listener) => void stream.on('data', listener),
    onExit: (listener) => void child.on('exit', (code) => listener(code === null ? {} : { code })),
    write: (bytes) => void stream.write(bytes),
    resize: (width, height) => stream.resize({ columns: width, rows: height }),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close: () => void stream.destroy(),
  };
}

function onMouse(event: ScreenEvent & { type: 'mouse' }, hit: Hit | undefined): void {
  if (hit?.target.kind === 'shell') {
    const copied = shell?.mouse(event, hit.x, hit.y).copy;
    if (copied !== undefined) screen.copy(copied);
  } else if (event.action === 'wheel-up' || event.action === 'wheel-down') {
    position = moveByWheel(position, event.action === 'wheel-up' ? -3 : 3, rows.length, screen.height - 4);
  } else if (event.action === 'press' && hit) {
    const { kind, id, index } = hit.target;
    if (kind === 'row') position = { ...position, selected: index! };
    else if (kind === 'page') openPage(id as Page);
    else if (kind === 'key') onCommand(id!, screen.height - 4);
    else if (kind === 'button' || kind === 'item') {
      said = `clicked ${id!}`;
      dialog = undefined;
      menu = undefined;
    }
  }
}

function onEvent(event: ScreenEvent, hit: Hit | undefined): void {
  if (event.type === 'key') onKey(event);
  else if (event.type === 'mouse') onMouse(event, hit);
  else if (event.type === 'paste') {
    if (page === 'shell') shell?.paste(event);
    else if (page === 'form') form = reduceForm(form, event) ?? form;
    else said = `pasted ${JSON.stringify(event.text)}`;
  } else if (event.type === 'focus') shell?.focus(event.focused);
  if (shell) screen.trackMotion(page === 'shell' && shell.wantsMotion);
  screen.invalidate();
}

const screen: Screen = openScreen({
  input: process.stdin,
  output: process.stdout,
  look: { theme: themeFor(detectColours(process.env)), glyphs: glyphsFor(detectAscii(process.env)) },
  paint,
  onEvent,
});
screen.setTitle('gallery');
const tick = Number(process.env['GALLERY_TICK_MS'] ?? 0);
if (tick > 0) {
  setInterval(() => {
    for (const row of rows) {
      row.cpu.copyWithin(0, 1);
      row.cpu[row.cpu.length - 1] = random();
    }
    screen.invalidate();
  }, tick);
}
