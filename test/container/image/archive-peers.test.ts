// Other tools on the other side: what is saved here loads in podman, is copied by skopeo and unpacked by umoci, and the reverse;
// an unpacked tree of theirs is the same as ours, name for name. Where a tool is not installed its tests say so.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { isInstalled } from '../../support/installed.js';
import { EngineHouse } from '../../support/engine-house.js';
import { getXattr, listXattrs } from '../../../src/native/index.js';
import type { SaveFormat } from '../../../src/engine/index.js';

let house: EngineHouse;
let work: string;
const at = (name: string): string => join(work, name);

function run(command: string, ...words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(status, 0, `${command} ${words.join(' ')}: ${stderr || error?.message || ''}`);
  return stdout;
}

/** A podman with everything in a directory of this test's. */
function podman(...words: string[]): string {
  const places = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, at(`podman-${name}`)]);
  return run(
    'podman',
    ...places,
    '--storage-driver',
    'vfs',
    '--cgroup-manager',
    'cgroupfs',
    '--events-backend',
    'none',
    ...words,
  );
}

const POLICY = '--insecure-policy';

async function save(name: string, file: string, format: SaveFormat = 'docker-archive'): Promise<string> {
  if (format === 'oci-dir') await house.engine.images.saveTo(at(file), [name]);
  else await pipeline(await house.engine.images.save([name], { format }), createWriteStream(at(file)));
  return at(file);
}

/** Every name below a directory with all that tar can say of it. */
function factsOf(top: string): string[] {
  const lines: string[] = [];
  const inodes = new Map<string, string>();
  const visit = (path: string): void => {
    const whole = join(top, path);
    const stat = lstatSync(whole, { bigint: true });
    const link = stat.isSymbolicLink() ? ` -> ${readlinkSync(whole)}` : '';
    const content = stat.isFile() ? ` ${readFileSync(whole).toString('base64').slice(0, 200)}` : '';
    const first = inodes.get(`${stat.ino}`);
    if (first === undefined) inodes.set(`${stat.ino}`, path);
    const same = first === undefined || stat.isDirectory() ? '' : ` = ${first}`;
    const device = stat.isCharacterDevice() || stat.isBlockDevice() ? ` ${stat.rdev}` : '';
    const names = stat.isSymbolicLink() ? [] : listXattrs(whole).filter((name) => !name.startsWith('trusted.'));
    const xattrs = names.sort().map((name) => ` ${name}=${getXattr(whole, name)?.toString('hex') ?? ''}`);
    lines.push(
      `${path} ${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${stat.mtimeNs}${device}${link}${same}${content}${xattrs.join('')}`,
    );
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(whole).sort()) visit(join(path, name));
  };
  for (const name of readdirSync(top).sort()) visit(name);
  return lines;
}

/** Files of every kind over two layers; what the first has is changed and taken away in the second. */
const FIRST = `mkdir -p /d/sub /gone /opaque; echo 1 > /d/f; chown 7:8 /d/f; chmod 4755 /d/f; ln /d/f /d/hard; ln -s f /d/soft;
  mkfifo /d/p; mknod /d/c c 1 3; echo x > /gone/f; echo y > /opaque/old; touch -d @1234567890.123456789 /d/sub; printf 'ü' > '/d/ünïcode'
  echo long > "/d/$(printf 'n%.0s' $(seq 200))"`;
const SECOND = `rm -r /gone /opaque; mkdir /opaque; echo new > /opaque/new; echo 2 > /d/f; rm /d/soft; ln -s /etc /d/soft; chmod 700 /d/sub`;

before(async () => {
  house = await EngineHouse.open();
  work = mkdtempSync(join(tmpdir(), 'tscontain-peers-'));
  const first = await house.run(FIRST);
  await house.engine.commit(first.id, {
    name: 'peers:1',
    changes: ['CMD ["sh", "-c", "cat /d/f"]', 'ENV PEER=yes', 'LABEL a=b'],
  });
  const second = await house.engine.create({ image: 'peers:1', cmd: ['sh', '-c', SECOND] });
  await house.engine.start(second.id);
  assert.equal((await house.engine.wait(second.id)).exitCode, 0);
  await house.engine.commit(second.id, { name: 'peers:2', changes: ['CMD ["sh", "-c", "cat /d/f"]'] });
});
after(async () => {
  rmSync(work, { recursive: true, force: true });
  await house.close();
});

describe('podman', { skip: isInstalled('podman') ? false : 'podman is not installed' }, () => {
  after(() => {
    podman('rmi', '-af');
  });

  for (const format of ['docker-archive', 'oci-archive'] as const) {
    it(`loads what is saved as ${format}, from a file and from a pipe`, async () => {
      const path = await save('peers:2', `podman-${format}.tar`, format);
      assert.match(podman('load', '-q', '-i', path), /peers:2/);
      const [image] = JSON.parse(podman('image', 'inspect', 'docker.io/library/peers:2')) as [
        {
          Id: string;
          Config: { Cmd: string[]; Env: string[]; Labels: Record<string, string> };
          RootFS: { Layers: string[] };
        },
      ];
      const { id } = await house.engine.images.get('peers:2');
      assert.equal(image.Id, id, 'it is the same image');
      assert.deepEqual(image.Config.Cmd, ['sh', '-c', 'cat /d/f']);
      assert.ok(image.Config.Env.includes('PEER=yes'));
      assert.equal(image.Config.Labels['a'], 'b');
      podman('rmi', '-f', 'docker.io/library/peers:2');
      const { status, stderr } = spawnSync(
        'sh',
        [
          '-c',
          `podman --root ${at('podman-root')} --runroot ${at('podman-runroot')} --tmpdir ${at('podman-tmpdir')} --storage-driver vfs --cgroup-manager cgroupfs --events-backend none load < ${path}`,
        ],
        { encoding: 'utf8' },
      );
      assert.equal(status, 0, stderr);
    });
  }

  it('saves what is loaded here, in both forms', async () => {
    podman('load', '-q', '-i', await save('peers:2', 'round.tar'));
    const { id } = await house.engine.images.get('peers:2');
    for (const format of ['docker-archive', 'oci-archive', 'oci-dir'] as const) {
      const path = at(`podman-saved-${format}`);
      podman('save', '-q', '--format', format, '-o', path, 'docker.io/library/peers:2');
      const other = await EngineHouse.open();
      try {
        const [loaded] = await other.engine.images.load(path);
        const image = await other.engine.images.get(loaded!.id);
        assert.equal(image.id, id, format);
        if (format !== 'oci-dir') assert.deepEqual(loaded!.names, ['peers:2'], format);
        assert.equal(image.config.env.includes('PEER=yes'), true);
      } finally {
        await other.close();
      }
    }
  });

  it('mounts the same tree as we do', async () => {
    podman('load', '-q', '-i', await save('peers:2', 'mounted.tar'));
    const name = podman('create', 'docker.io/library/peers:2').trim();
    const theirs = podman('export', name, '-o', at('theirs.tar'));
    assert.equal(theirs, '');
    podman('rm', name);
    const { id } = await house.engine.create({ image: 'peers:2' });
    await pipeline(await house.engine.export(id), createWriteStream(at('ours.tar')));
    await house.engine.remove(id);
    for (const side of ['theirs', 'ours']) {
      mkdirSync(at(side));
      run('tar', '--xattrs', '--xattrs-include=*', '-C', at(side), '-xpf', at(`${side}.tar`));
    }
    // Its export has whole seconds.
    const below = (top: string): string[] =>
      [...factsOf(join(top, 'd')), ...factsOf(join(top, 'opaque'))].map((line) => line.replace(/(\d{10})\d{9}/, '$1'));
    assert.deepEqual(below(at('ours')), below(at('theirs')));
    assert.ok(!existsSync(join(at('theirs'), 'gone')) && !existsSync(join(at('ours'), 'gone')));
  });
});

describe('skopeo', { skip: isInstalled('skopeo') ? false : 'skopeo is not installed' }, () => {
  it('copies what is saved here to every form, and that is loaded again', async () => {
    const { id } = await house.engine.images.get('peers:2');
    const sources = [
      `docker-archive:${await save('peers:2', 'skopeo-docker.tar')}`,
      `oci-archive:${await save('peers:2', 'skopeo-oci.tar', 'oci-archive')}`,
      `oci:${await save('peers:2', 'skopeo-dir', 'oci-dir')}`,
    ];
    const targets = [
      ['docker-archive', 'peers:copied'],
      ['oci-archive', 'peers:copied'],
      ['oci', 'peers:copied'],
    ] as const;
    for (const [i, source] of sources.entries()) {
      const [kind, name] = targets[i]!;
      const path = at(`skopeo-copy-${i}`);
      run('skopeo', POLICY, 'copy', source, `${kind}:${path}:${name}`);
      const other = await EngineHouse.open();
      try {
        const [loaded] = await other.engine.images.load(path);
        assert.deepEqual(loaded!.names, ['peers:copied'], kind);
        assert.equal(loaded!.id, id, `${source} to ${kind}`);
      } finally {
        await other.close();
      }
    }
  });

  it('reads the names and the configuration that are saved', async () => {
    const path = await save('peers:2', 'skopeo-inspect.tar');
    const told = JSON.parse(run('skopeo', POLICY, 'inspect', `docker-archive:${path}`)) as {
      Labels: object;
      Layers: string[];
      Env: string[];
    };
    assert.deepEqual(told.Labels, { ...told.Labels, a: 'b' });
    assert.equal(told.Layers.length, 3);
    const tags = JSON.parse(run('skopeo', 'list-tags', `docker-archive:${path}`)) as { Tags: string[] };
    assert.deepEqual(tags.Tags, ['peers:2']);
  });

  it('reads the store itself as it stands', () => {
    const told = JSON.parse(
      run('skopeo', POLICY, 'inspect', '--config', `oci:${join(house.root, 'images')}:docker.io/library/peers:2`),
    ) as {
      config: { Cmd: string[] };
    };
    assert.deepEqual(told.config.Cmd, ['sh', '-c', 'cat /d/f']);
  });
});

describe('umoci', { skip: isInstalled('umoci') ? false : 'umoci is not installed' }, () => {
  it('unpacks what is saved here to the same tree as we do, name for name', async () => {
    await save('peers:2', 'umoci-oci', 'oci-dir');
    const tag = 'docker.io/library/peers:2';
    // Its own names of tags have no slash and no colon.
    run('skopeo', POLICY, 'copy', `oci:${at('umoci-oci')}:${tag}`, `oci:${at('umoci-layout')}:peers`);
    run('umoci', 'unpack', '--image', `${at('umoci-layout')}:peers`, at('bundle'));
    const { id } = await house.engine.create({ image: 'peers:2' });
    await pipeline(await house.engine.export(id), createWriteStream(at('umoci-ours.tar')));
    await house.engine.remove(id);
    mkdirSync(at('umoci-ours'));
    run('tar', '--xattrs', '--xattrs-include=*', '-C', at('umoci-ours'), '-xpf', at('umoci-ours.tar'));
    assert.deepEqual(factsOf(at('umoci-ours')), factsOf(join(at('bundle'), 'rootfs')));
  });
});
