// State directories that are full, read-only, not a directory or not ours: one sentence with the path, nothing half-made,
// and what only reads goes on. The file systems are mounted in a mount namespace of their own, so the host sees none of them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { outcome, product, type Outcome } from '../../support/house.js';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'tscontain-disk-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** A script with $ROOT, in which `tscontain` is the program and the mounts that it makes vanish with it. */
function shell(script: string): Promise<Outcome> {
  const head = `tscontain() { "${process.execPath}" "${product('tscontain')}" --root "$ROOT" "$@"; }\nset -u\n`;
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', head + script], {
    env: { ...process.env, ROOT: join(directory, 'state') },
  });
  return outcome(child, script);
}

/** Lines "key: value" that the script printed. */
function said({ stdout, stderr, code }: Outcome): Record<string, string> {
  assert.equal(code, 0, stderr || stdout);
  return Object.fromEntries([...stdout.matchAll(/^(\w+): (.*)$/gm)].map(([, key, value]) => [key!, value!]));
}

describe('a disk that is full', () => {
  for (const [what, options, fill] of [
    [
      'of bytes',
      'size=120m',
      'dd if=/dev/zero of=$ROOT/filler bs=64k 2>/dev/null || true; dd if=/dev/zero of=$ROOT/filler2 bs=1k 2>/dev/null || true',
    ],
    [
      'of inodes',
      'size=120m,nr_inodes=8k',
      'mkdir $ROOT/filler; i=0; while (: > $ROOT/filler/$i) 2>/dev/null; do i=$((i+1)); done',
    ],
  ] as const) {
    it(`${what} makes nothing by halves, and lets what there is be listed and removed`, async () => {
      const result = said(
        await shell(`
          mkdir -p $ROOT; mount -t tmpfs -o ${options} full $ROOT
          tscontain create --name first base > /dev/null || exit 1
          ${fill}
          echo "error: $(tscontain create --name second base 2>&1 >/dev/null | tr '\\n' ' ')"
          tscontain create base >/dev/null 2>&1; echo "code: $?"
          echo "names: $(tscontain ps -a --format json | tr -d '\\n')"
          echo "containers: $(ls -A $ROOT/containers | wc -l) $(ls $ROOT/names | wc -l)"
          tscontain rename first other > /dev/null 2>&1; echo "rename: $?"
          echo "after: $(ls $ROOT/names)"
          tscontain rm first > /dev/null || exit 2
          echo "left: $(ls -A $ROOT/containers | wc -l) $(ls $ROOT/names | wc -l)"
          rm -rf $ROOT/filler $ROOT/filler2
          tscontain create --name second base > /dev/null || exit 3
          tscontain rm second > /dev/null || exit 4
        `),
      );
      assert.match(result['error']!, /^tscontain: cannot create container second: ENOSPC.*free some space/);
      assert.equal(result['code'], '125');
      assert.match(result['names']!, /"first"/);
      assert.equal(result['containers'], '1 1');
      assert.equal(result['after'], result['rename'] === '0' ? 'other' : 'first');
      assert.equal(result['left'], '0 0');
    });
  }
});

describe('a container on a disk that has become full', () => {
  it('lives on, what it uses is not written down, and is again when there is room', async () => {
    const result = said(
      await shell(`
        mkdir -p $ROOT; mount -t tmpfs -o size=120m full $ROOT
        tscontain run -d --name lives base sh -c 'while :; do sleep 0.1; done' > /dev/null || exit 1
        # Before its first second is over, after which it would be written down.
        dd if=/dev/zero of=$ROOT/filler bs=64k 2>/dev/null; dd if=/dev/zero of=$ROOT/filler2 bs=1k 2>/dev/null
        sleep 13
        echo "status: $(tscontain inspect -f '{{.State.Status}}' lives)"
        echo "top: $(tscontain top lives | tail -1)"
        rm $ROOT/filler $ROOT/filler2
        i=0; until grep -q 'written down again' $ROOT/supervisors/*/log || [ $i -gt 300 ]; do sleep 0.1; i=$((i+1)); done
        sleep 11
        echo "told: $(grep -c 'cannot be written down' $ROOT/supervisors/*/log) $(grep -c 'written down again' $ROOT/supervisors/*/log)"
        echo "why: $(grep 'written down again' $ROOT/supervisors/*/log)"
        echo "past: $(tscontain stats --since 1m --format csv lives | wc -l)"
        tscontain rm -f lives > /dev/null || exit 2
      `),
    );
    assert.equal(result['status'], 'running');
    assert.match(result['top']!, /sh|sleep/);
    // The first sentence is lost where the log cannot grow either: the second says it all.
    assert.match(result['told']!, /^[01] 1$/);
    assert.match(result['why']!, /after \d+ s in which it was not \(.*ENOSPC/);
    assert.ok(Number(result['past']) > 3, `${result['past']} lines of its past`);
  });
});

describe('a state directory', () => {
  it('that is read-only is read, and says so when it is to be written', async () => {
    const result = said(
      await shell(`
        mkdir -p $ROOT; mount -t tmpfs ro $ROOT
        tscontain create --name first base > /dev/null || exit 1
        mount -o remount,ro $ROOT
        echo "error: $(tscontain create --name second base 2>&1 >/dev/null | tr '\\n' ' ')"
        echo "start: $(tscontain start first 2>&1 >/dev/null | tr '\\n' ' ')"
        echo "rm: $(tscontain rm first 2>&1 >/dev/null | tr '\\n' ' ')"
        echo "rename: $(tscontain rename first other 2>&1 >/dev/null | tr '\\n' ' ')"
        echo "names: $(tscontain ps -a --format json | tr -d '\\n')"
        echo "status: $(tscontain inspect -f '{{.State.Status}}' first)"
        mount -o remount,rw $ROOT
        tscontain rm first > /dev/null || exit 2
      `),
    );
    for (const verb of ['error', 'start', 'rm', 'rename'])
      assert.match(result[verb]!, /^tscontain: .*EROFS.*writable directory/, verb);
    assert.match(result['names']!, /"first"/);
    assert.equal(result['status'], 'created');
  });

  it('that is a file, or below one, is refused', async () => {
    const result = said(
      await shell(`
        : > $ROOT.file
        ROOT=$ROOT.file
        echo "file: $(tscontain create base 2>&1 >/dev/null | tr '\\n' ' ')"
        ROOT=$ROOT/below
        echo "below: $(tscontain create base 2>&1 >/dev/null | tr '\\n' ' ')"
      `),
    );
    for (const place of ['file', 'below'])
      assert.match(result[place]!, /^tscontain: .*(ENOTDIR|EEXIST).*choose a directory/, place);
  });
});
