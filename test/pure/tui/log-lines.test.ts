// What log lines say: levels in the usual spellings, JSON, stretches of time; filters, views that follow them, several logs
// in one stream, and lines that are saved. Lines are anybody's, so hostile ones are among them.
import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import type { LogEntry, LogsOptions } from '../../../src/engine/index.js';
import { exportLogs } from '../../../src/tui/effects/export-logs.js';
import { LogBuffer } from '../../../src/tui/logs/buffer.js';
import { logFilter } from '../../../src/tui/logs/filter.js';
import { LogView } from '../../../src/tui/logs/view.js';
import { levelIn, readStructured, wholeLine } from '../../../src/tui/present/log-line.js';
import { parseLogRange } from '../../../src/tui/present/log-range.js';
import { rounds } from '../../support/chance.js';
import { Desk } from '../../support/desk.js';
import { cpuMs } from '../../support/patience.js';

process.env['TZ'] = 'UTC';

const entry = (text: string, time: string, more: Partial<LogEntry> = {}): LogEntry => ({
  time,
  stream: 'stdout',
  partial: false,
  text: Buffer.from(text),
  ...more,
});
const at = (seconds: number): string => `2026-11-21T14:00:${String(seconds).padStart(2, '0')}.000000000Z`;

describe('the level of a line', () => {
  it('is found in the usual spellings', () => {
    for (const [text, level, word] of [
      ['2026-11-21T14:05:00Z ERROR could not connect', 'error', 'ERROR'],
      ['[warn] upstream is slow', 'warn', 'warn'],
      ['time=2026-11-21 level=info msg="up"', 'info', 'info'],
      ['ts=1 lvl="dbg" msg=x', 'debug', 'dbg'],
      ['{"level":"fatal","msg":"no"}', 'error', 'fatal'],
      ['{"time":1,"level":40,"msg":"pino"}', 'warn', '40'],
      ['{"severity": "WARNING"}', 'warn', 'WARNING'],
      ['E0102 15:04:05.678 main.go:3] klog', 'error', 'E'],
      ['<4>kernel: syslog', 'warn', '<4>'],
      ['TRACE entered', 'trace', 'TRACE'],
      ['error: file not found', 'error', 'error'],
      ['INFO:root:python', 'info', 'INFO'],
      ['14:05:00.123 |CRITICAL| x', 'error', 'CRITICAL'],
    ] as const) {
      const found = levelIn(text);
      assert.equal(found?.level, level, text);
      assert.equal(text.slice(found.start, found.end), word, text);
    }
  });

  it('is not a word that a line happens to have', () => {
    for (const text of [
      'no error was found',
      'GET /info/errors 200',
      'informational',
      'WARNINGS 3',
      '',
      'level',
      '{"a":1}',
      '<999>',
    ])
      assert.equal(levelIn(text)?.level === undefined || text === '<999>', true, text);
  });

  it('and the parts of a line stand, whatever the line is', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '{'.repeat(20_000),
        `{"a":${'['.repeat(8000)}${']'.repeat(8000)}}`,
        '{"level":"',
        `{"__proto__":{"level":"x"}}`,
        '{}',
      ),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const found = levelIn(text);
        if (found) assert.ok(found.start >= 0 && found.end <= text.length && found.start < found.end);
        const parts = readStructured(text);
        for (const [key, value] of parts?.fields ?? []) assert.doesNotMatch(key + value, /\p{Cc}/u, text);
        assert.ok(wholeLine(text).length > 0);
      }),
      { numRuns: rounds(80, 2000) },
    );
  });

  it('of a line that is JSON stands apart from its message and the rest', () => {
    const line =
      '{"time":"2026-11-21T14:05:00.120Z","level":"warn","msg":"slow \\u001b[31mquery","ms":1204,"db":{"name":"shop"}}';
    assert.deepEqual(readStructured(line), {
      time: '14:05:00.120',
      level: 'warn',
      message: 'slow query',
      fields: [
        ['ms', '1204'],
        ['db', '{"name":"shop"}'],
      ],
    });
    assert.deepEqual(wholeLine('{"a":{"b":1}}'), ['{', '  "a": {', '    "b": 1', '  }', '}']);
    assert.equal(readStructured('[1,2]'), undefined);
  });
});

describe('a stretch of time', () => {
  const now = Date.UTC(2026, 10, 21, 14, 5, 0);
  it('is read as people write it', () => {
    for (const [text, range] of [
      ['', { kind: 'all' }],
      ['5m', { kind: 'range', from: now - 300_000 }],
      ['since 1h30m', { kind: 'range', from: now - 5_400_000 }],
      ['14:00-14:02', { kind: 'range', from: now - 300_000, until: now - 180_000 }],
      ['14:00 to now', { kind: 'range', from: now - 300_000, until: now }],
      ['until 14:00', { kind: 'range', until: now - 300_000 }],
      ['@14:02:30', { kind: 'jump', at: now - 150_000 }],
      ['23:00', { kind: 'range', from: Date.UTC(2026, 10, 20, 23, 0, 0) }],
      [
        '2026-11-20 08:00 - 2026-11-20 09:00',
        { kind: 'range', from: Date.UTC(2026, 10, 20, 8), until: Date.UTC(2026, 10, 20, 9) },
      ],
    ] as const) {
      assert.deepEqual(parseLogRange(text, now), range, text);
    }
  });
  it('that is none is said with what would be right', () => {
    for (const text of ['soon', '25:00', '14:04-14:02', '5x', '@', '14:00-', '9999999999999h'])
      assert.equal(parseLogRange(text, now).kind, 'wrong', text);
    fc.assert(fc.property(fc.string(), (text) => typeof parseLogRange(text, now).kind === 'string'));
  });
});

describe('a filter of lines', () => {
  const line = (text: string, stream: 'stdout' | 'stderr' | 'gap' = 'stdout') => ({
    time: at(0),
    stream,
    text,
    source: 0,
    order: 0,
  });
  it('shows what matches, hides it, asks for a level and a stream', () => {
    assert.equal(logFilter('get').passes(line('\x1b[31mG\x1b[0mET /')), true, 'as it is seen, not as it was written');
    assert.equal(logFilter('!get').passes(line('GET /')), false);
    assert.equal(logFilter('level:warn').passes(line('ERROR x')), true);
    assert.equal(logFilter('level:warn').passes(line('INFO x')), false);
    assert.equal(logFilter('level:info stream:stderr re:x$').passes(line('WARN x', 'stderr')), true);
    assert.equal(logFilter('level:info stream:stderr re:x$').passes(line('WARN x')), false);
    assert.equal(logFilter('nothing').passes(line('something is missing', 'gap')), true);
  });
  it('says why it is none, and lets only gaps pass then', () => {
    assert.match(logFilter('level:loud').problem ?? '', /loud is none of trace, debug/);
    assert.match(logFilter('stream:side').problem ?? '', /neither stdout nor stderr/);
    assert.match(logFilter('re:[').problem ?? '', /not closed/);
    assert.equal(logFilter('re:[').passes(line('[')), false);
  });
});

describe('a view of a log', () => {
  it('is what passes of what is kept, whatever comes, goes and changes meanwhile', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('add' as const),
        text: fc.constantFrom('aa', 'ab', 'bb', 'b'),
        second: fc.nat(59),
        source: fc.nat(1),
      }),
      fc.record({ kind: fc.constant('older' as const), count: fc.nat(5) }),
      fc.record({
        kind: fc.constant('set' as const),
        filter: fc.constantFrom('', 'a', '!a', 're:^b'),
        search: fc.constantFrom('', 'b'),
      }),
      fc.record({ kind: fc.constant('work' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isMerged) => {
        const sources = [{ id: '1', name: 'one' }, ...(isMerged ? [{ id: '2', name: 'two' }] : [])];
        const buffer = new LogBuffer('k', sources);
        const view = new LogView(buffer);
        let set = { filter: '', search: '' };
        for (const one of steps) {
          if (one.kind === 'add') buffer.add(entry(one.text, at(one.second)), isMerged ? one.source : 0);
          else if (one.kind === 'older')
            buffer.prepend(
              Array.from({ length: one.count }, (_, i) => ({
                time: `2026-11-21T13:00:0${i}.0Z`,
                stream: 'stdout' as const,
                text: 'ab',
                source: 0,
              })),
            );
          else if (one.kind === 'set') {
            set = one;
            view.set(one.filter, one.search);
          } else view.work(0);
        }
        while (!view.work(5));
        const kept = Array.from({ length: buffer.length }, (_, i) => buffer.at(i));
        const passing = kept.filter((line) => logFilter(set.filter).passes(line));
        assert.deepEqual(
          Array.from({ length: view.length }, (_, i) => view.at(i)),
          passing,
        );
        const finds = set.search === '' ? [] : passing.filter(({ text }) => text.includes(set.search));
        assert.equal(view.found.count, finds.length);
        finds.forEach((line, i) => assert.equal(view.found.ordinalOf(passing.indexOf(line)), i + 1));
        if (isMerged) kept.slice(1).forEach(({ time }, i) => assert.ok(kept[i]!.time <= time, 'in the order of time'));
      }),
      { numRuns: 200 },
    );
  });

  it('looks through 50,000 lines in slices that leave the keyboard its turn', () => {
    const buffer = new LogBuffer('x');
    for (let i = 0; i < 50_000; i++) buffer.add(entry(`${i} ${'x'.repeat(250)}`, at(0)));
    const view = new LogView(buffer);
    view.set('re:(x+x+)+y|7$', '');
    let slices = 0;
    const began = cpuMs();
    while (!view.work(5)) slices += 1;
    assert.ok(slices > 0, 'in more than one slice');
    assert.ok(cpuMs() - began < 10_000);
  });
});

/** Each container writes lines with its name, in turns. */
function twoWriters(desk: Desk): void {
  const began = desk.world.clock.now() - 60_000;
  desk.world.engine.logBatches = async function* (ref, { follow, signal, until }: LogsOptions = {}) {
    if (until !== undefined && until < began) return;
    const { config } = await desk.world.engine.get(ref);
    const shift = config.name === 'web' ? 0 : config.name === 'db' ? 50 : 75;
    yield await Promise.resolve(
      Array.from({ length: 300 }, (_, i) =>
        entry(`${config.name}-${i} ${i % 5 === 0 ? 'ERROR' : 'INFO'}`, new Date(began + i * 200 + shift).toISOString()),
      ),
    );
    if (follow === true)
      await new Promise<void>((done) => signal?.addEventListener('abort', () => done(), { once: true }));
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

const order = (desk: Desk): string[] => desk.text().match(/(web|db|backup)-\d+/g) ?? [];

describe('the Logs tab', () => {
  it('merges the logs of a project in the order of time, with their names', async () => {
    const desk = await Desk.open();
    twoWriters(desk);
    await desk.type('up', 'l');
    await desk.settle();
    assert.deepEqual(order(desk).slice(-4), ['backup-298', 'web-299', 'db-299', 'backup-299']);
    assert.match(desk.text(), /3 containers · following/);
    assert.match(desk.text(), /│ web {5}web-299 INFO/);
    desk.close();
  });

  it('merges the marked ones', async () => {
    const desk = await Desk.open();
    twoWriters(desk);
    await desk.type('space', 'down', 'space', 'l');
    await desk.settle();
    assert.match(desk.text(), /2 containers · following/);
    desk.close();
  });

  it('filters live and leaves the line at the top where it is', async () => {
    const desk = await Desk.open();
    twoWriters(desk);
    await desk.type('l', 'home', 'down', 'down', 'down', 'down', 'down', 'down');
    const [before] = order(desk);
    assert.equal(before, 'db-6');
    await desk.type('F', 'level:error');
    assert.equal(order(desk)[0], 'db-10', 'the first after it that passes');
    await desk.type('enter');
    assert.match(desk.text(), /level:error: 60 of 300 lines · db · held/);
    await desk.type('F', 'escape');
    assert.equal(order(desk)[0], 'db-6', 'and back to where one was');
    desk.close();
  });

  it('opens a line in full, and goes to a moment', async () => {
    const desk = await Desk.open();
    twoWriters(desk);
    await desk.type('l', 'T', '@14:04:30', 'enter');
    assert.match(order(desk)[0]!, /db-150/);
    await desk.type('/', 'db-153', 'enter', 'enter');
    assert.equal(desk.state.overlay?.kind, 'text');
    assert.match(desk.text(), /db stdout 14:04:30\.650/);
    desk.close();
  });

  it('reads what was written in a stretch of time', async () => {
    const desk = await Desk.open();
    const asked: LogsOptions[] = [];
    desk.world.engine.logBatches = async function* (_ref, options: LogsOptions = {}) {
      asked.push(options);
      yield await Promise.resolve([entry('one', new Date(desk.world.clock.now() - 1000).toISOString())]);
    };
    await desk.type('l', 'T', '14:00-14:02', 'enter');
    const last = asked.at(-1)!;
    assert.equal(last.since, Date.UTC(2026, 10, 21, 14, 0));
    assert.equal(last.until, Date.UTC(2026, 10, 21, 14, 2));
    assert.equal(last.follow, undefined);
    assert.match(desk.text(), /14:00-14:02 · db/);
    await desk.type('T', ...Array<string>(11).fill('backspace'), 'soon', 'enter');
    assert.match(desk.notice, /“soon” is no time: give 5m/);
    desk.close();
  });
});

describe('saving lines', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tscontain-export-'));
  after(() => rmSync(directory, { recursive: true }));

  it('writes what is shown, and says how much', async () => {
    const buffer = new LogBuffer('x', [{ id: 'x', name: 'web' }]);
    buffer.add(entry('\x1b[31mred\x1b[0m', at(1)));
    buffer.add(entry('hidden', at(2), { stream: 'stderr' }));
    const view = new LogView(buffer);
    view.set('!hidden', '');
    view.work(1000);
    const path = join(directory, 'web.log');
    assert.deepEqual(await exportLogs(view, path, false), { kind: 'written', path, lines: 1, bytes: 42 });
    assert.equal(readFileSync(path, 'utf8'), `${at(1)} stdout red\n`);
  });

  it('overwrites nothing that is there, and follows no link', async () => {
    const view = new LogView(new LogBuffer('x'));
    const [file, link] = [join(directory, 'there'), join(directory, 'link')];
    writeFileSync(file, 'precious');
    symlinkSync(file, link);
    assert.match(JSON.stringify(await exportLogs(view, file, false)), /exists.*a file of 8 bytes/);
    assert.match(JSON.stringify(await exportLogs(view, link, false)), /exists.*a link to .*there/);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
    await exportLogs(view, link, true);
    assert.equal(lstatSync(link).isSymbolicLink(), false, 'the link is replaced');
    assert.equal(readFileSync(file, 'utf8'), 'precious', 'what it led to stays');
    await assert.rejects(exportLogs(view, '/nowhere/at/all', false), /ENOENT/);
  });

  it('asks before it replaces, with Cancel in focus', async () => {
    const desk = await Desk.open();
    const path = join(directory, 'asked.log');
    writeFileSync(path, 'precious');
    await desk.type('l', 's', ...Array<string>(30).fill('backspace'), path, 'enter');
    await until(() => desk.state.overlay?.kind === 'question');
    assert.match(desk.text(), /replace the file\?/);
    await desk.type('enter');
    assert.equal(readFileSync(path, 'utf8'), 'precious');
    await desk.type('s', ...Array<string>(30).fill('backspace'), path, 'enter');
    await until(() => desk.state.overlay?.kind === 'question');
    await desk.type('right', 'enter');
    await until(() => desk.notice.startsWith('Wrote'));
    assert.match(desk.notice, /^Wrote \d+ lines, \d+K, to .*asked\.log\.$/);
    desk.close();
  });
});
