// What containers write, as their supervisor keeps it: the CRI format, streams apart, rotation, nothing lost.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { layout } from '../../../src/engine/state/layout.js';
import { EngineHouse, entries } from '../../support/engine-house.js';
import { eventually } from '../../support/patience.js';

let house: EngineHouse;
before(async () => void (house = await EngineHouse.open()));
after(() => house.close());

describe('the log of a container', () => {
  it('keeps its two streams apart', async () => {
    const { id } = await house.run('echo out; echo err >&2; echo out again');
    assert.deepEqual(house.lines(id, 'stdout'), ['out', 'out again']);
    assert.deepEqual(house.lines(id, 'stderr'), ['err']);
  });

  it('has the time of each entry, never earlier than that before', async () => {
    const began = Date.now();
    const { id } = await house.run('echo one; sleep 0.3; echo two');
    const [one, two] = entries(house.log(id)).map(({ time }) => Date.parse(time));
    assert.ok(one! >= began - 1 && two! <= Date.now() + 1);
    assert.ok(two! - one! >= 100, `${two! - one!} ms apart`);
  });

  it('shows at once what has no newline yet', async () => {
    const { id } = await house.start('printf "name? "; sleep 60');
    await eventually(() =>
      assert.deepEqual(
        entries(house.log(id)).map(({ tag, text }) => [tag, text]),
        [['P', 'name? ']],
      ),
    );
    await house.engine.kill(id);
  });

  it('cuts long lines into pieces of 16 KiB', async () => {
    const { id } = await house.run('head -c 40000 /dev/zero | tr "\\0" x; echo');
    for (const { text } of entries(house.log(id))) assert.ok(text.length <= 16 * 1024);
    assert.deepEqual(house.lines(id), ['x'.repeat(40000)]);
  });

  it('loses nothing of 20 MiB written as fast as can be', async () => {
    const { id, status } = await house.run('seq 1 2500000', { log: { maxSizeBytes: -1, maxFiles: 1 } });
    assert.equal(status.exitCode, 0);
    const lines = house.lines(id);
    assert.equal(lines.length, 2_500_000);
    assert.equal(
      lines.findIndex((line, i) => line !== String(i + 1)),
      -1,
    );
  });

  it('has what the last process wrote with its last breath', async () => {
    for (let i = 0; i < 20; i += 1) {
      const { id } = await house.run(`echo ${i}; kill -9 $$; exec true`);
      assert.deepEqual(house.lines(id), [String(i)]);
    }
  });

  it('takes what is written to /dev/stdout by a user who is not root', async () => {
    const { id, status } = await house.run('echo out > /dev/stdout; echo err > /dev/stderr', { user: '1234:1234' });
    assert.equal(status.exitCode, 0);
    assert.deepEqual(house.lines(id, 'stdout'), ['out']);
    assert.deepEqual(house.lines(id, 'stderr'), ['err']);
  });

  it('keeps control characters and broken UTF-8 as they are', async () => {
    const { id } = await house.run(String.raw`printf '\033]52;c;aGk=\007\233\377\000x\n'`);
    const text = Buffer.from(entries(house.log(id))[0]!.text, 'utf8');
    assert.ok(text.includes(Buffer.from('\x1b]52;c;aGk=\x07')));
  });

  it('goes on with the next run', async () => {
    const { id } = await house.run('echo run');
    await house.engine.start(id);
    await house.engine.wait(id);
    assert.deepEqual(house.lines(id), ['run', 'run']);
  });

  it('of a terminal is one stream', async () => {
    const { id } = await house.run('echo out; echo err >&2', { tty: true });
    assert.deepEqual(house.lines(id, 'stdout'), ['out\r', 'err\r']);
  });
});

describe('rotation', () => {
  it('keeps so many files of such a size, with the newest lines', async () => {
    const { id } = await house.run('seq 1 5000', { log: { maxSizeBytes: 64 * 1024, maxFiles: 3 } });
    assert.ok(!existsSync(`${layout.log(house.root, id)}.3`));
    const kept = ['.2', '.1', ''].flatMap((suffix) => {
      const log = house.log(id, suffix);
      assert.ok(log.length <= 64 * 1024, `container.log${suffix} has ${log.length} bytes`);
      return entries(log);
    });
    const text = kept.map((entry) => (entry.tag === 'F' ? `${entry.text}\n` : entry.text)).join('');
    const numbers = text.trimEnd().split('\n').map(Number);
    // The first may be the end of a number whose beginning went with an older file.
    const [, ...whole] = numbers;
    assert.deepEqual(
      whole,
      Array.from({ length: whole.length }, (_, i) => 5000 - whole.length + 1 + i),
    );
    assert.ok(whole.length > 2000, `${whole.length} lines are left`);
  });
});

describe('on a full disk', () => {
  /** A disk of 256 KiB in the place of a container's log directory, full to the last byte. */
  async function withFullDisk(id: string, work: (empty: () => void) => Promise<void>): Promise<void> {
    const directory = layout.logs(house.root, id);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory]);
    try {
      const filler = join(directory, 'filler');
      writeFileSync(filler, Buffer.alloc(256 * 1024));
      await work(() => unlinkSync(filler));
    } finally {
      execFileSync('umount', ['-l', directory]);
    }
  }

  it('a container runs on, and its state says what was lost', async () => {
    const { id } = await house.shell('seq 1 200000; exit 3');
    await withFullDisk(id, async () => {
      await house.engine.start(id);
      assert.equal((await house.engine.wait(id)).exitCode, 3);
    });
    assert.match((await house.engine.get(id)).state.note!, /\d+ bytes of its log were lost.*ENOSPC/);
  });

  it('the log tells where lines are missing, once there is room again', async () => {
    const script = 'echo lost; until [ -e /go ]; do sleep 0.02; done; echo found';
    const { id } = await house.shell(script, { name: 'unlucky' });
    await withFullDisk(id, async (empty) => {
      await house.engine.start(id);
      await eventually(async () => {
        const supervisor = await house.supervisorOf(id);
        assert.match(
          readFileSync(join(layout.supervisor(house.root, supervisor.id), 'log'), 'utf8'),
          /unlucky .*ENOSPC/,
        );
      });
      empty();
      await house.engine.exec(id, { argv: ['touch', '/go'], detach: true });
      await house.engine.wait(id);
      const [gap, line] = entries(house.log(id));
      assert.match(gap!.text, /^\[tscontain: \d+ bytes of log are missing here: .*ENOSPC/);
      assert.equal(line!.text, 'found');
    });
  });
});
