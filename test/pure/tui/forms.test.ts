// The run form, the limits dialog and the small forms: from what is typed to what the engine is asked for.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CreateSpec } from '../../../src/engine/index.js';
import { limitsBefore } from '../../../src/tui/reducers/limits.js';
import { splitWords } from '../../../src/tui/present/words.js';
import { Desk } from '../../support/desk.js';

type FieldId =
  | 'command'
  | 'name'
  | 'project'
  | 'terminal'
  | 'autoRemove'
  | 'cpus'
  | 'memory'
  | 'pids'
  | 'mounts'
  | 'env'
  | 'ports'
  | 'network';

/** Goes to a field of the run form from the first one in focus (command) and types there. */
async function fill(desk: Desk, field: FieldId, text: string): Promise<void> {
  while (desk.state.overlay?.kind === 'form' && desk.state.overlay.form.focus !== field) await desk.type('tab');
  await desk.type(text);
}

describe('the run form', () => {
  it('runs the image of its own with nothing but Enter', async () => {
    const desk = await Desk.open();
    await desk.type('n', 'enter');
    assert.deepEqual(desk.calls.slice(0, 3), [
      'create calm_otter base',
      'attach calm_otter with input',
      'start calm_otter',
    ]);
    assert.equal(desk.state.overlay, undefined);
    assert.equal(desk.selected, 'calm_otter', 'the new container is selected');
    desk.close();
  });

  it('asks for what was typed', async () => {
    const desk = await Desk.open();
    let asked: unknown;
    const { engine } = desk.world;
    const create = engine.create.bind(engine);
    engine.create = (spec) => {
      asked = spec;
      return create(spec);
    };
    await desk.type('n', `sh -c 'echo "two words"'`);
    await fill(desk, 'name', 'job');
    await fill(desk, 'project', 'batch');
    await fill(desk, 'terminal', 'space');
    await fill(desk, 'cpus', '0.5');
    await fill(desk, 'memory', '64m');
    await fill(desk, 'mounts', '/srv/a:/a:ro /srv/b:/b');
    await fill(desk, 'env', 'A=1 B="x y"');
    await desk.type('enter');
    assert.deepEqual(asked, {
      image: 'base',
      cmd: ['sh', '-c', 'echo "two words"'],
      name: 'job',
      project: 'batch',
      tty: false,
      openStdin: false,
      autoRemove: false,
      network: 'bridge',
      restartPolicy: { name: 'no', maximumRetryCount: 0 },
      limits: { nanoCpus: 5e8, memory: 64 * 1024 ** 2 },
      mounts: [
        { type: 'bind', source: '/srv/a', target: '/a', readOnly: true, propagation: 'rprivate', createSource: true },
        { type: 'bind', source: '/srv/b', target: '/b', readOnly: false, propagation: 'rprivate', createSource: true },
      ],
      env: ['A=1', 'B=x y'],
    });
    desk.close();
  });

  it('asks for ports, networks and volumes in the words of the command line', async () => {
    const desk = await Desk.open();
    let asked: Partial<CreateSpec> = {};
    const { engine } = desk.world;
    const create = engine.create.bind(engine);
    engine.create = (spec) => {
      asked = spec;
      return create(spec);
    };
    await desk.type('n');
    assert.match(desk.text(), /or none, host, shop-front, shop-back …/);
    await fill(desk, 'mounts', 'data:/data');
    await fill(desk, 'ports', '8080:80 [::1]:53:53/udp');
    await fill(desk, 'network', 'bridge name=app,alias=db,ip=10.5.0.2');
    await desk.type('enter');
    assert.deepEqual(asked.ports, [
      { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 8080 },
      { containerPort: 53, protocol: 'udp', hostIp: '::1', hostPort: 53 },
    ]);
    assert.equal(asked.network, 'bridge');
    assert.deepEqual(asked.endpoints, [
      { network: 'bridge', aliases: [] },
      { network: 'app', aliases: ['db'], ipv4Address: '10.5.0.2' },
    ]);
    assert.equal(asked.mounts?.[0]?.type, 'volume');
    desk.close();
  });

  it('takes a network that stands alone, and no other beside it', async () => {
    const desk = await Desk.open();
    let asked: Partial<CreateSpec> = {};
    const { engine } = desk.world;
    const create = engine.create.bind(engine);
    engine.create = (spec) => {
      asked = spec;
      return create(spec);
    };
    await desk.type('n');
    await fill(desk, 'network', 'container:web');
    await desk.type('enter');
    assert.equal(asked.network, 'container:web');
    assert.equal(asked.endpoints, undefined);
    await desk.type('alt-1', 'n');
    await fill(desk, 'network', 'host app');
    await desk.type('enter');
    assert.match(desk.text(), /host goes with no other: choose one/);
    desk.close();
  });

  it('says what is wrong beside every field at once, and goes to the first', async () => {
    const desk = await Desk.open();
    await desk.type('n', "sh -c 'open");
    await fill(desk, 'memory', 'lots');
    await fill(desk, 'mounts', 'da/ta:/data');
    await desk.type('enter');
    assert.match(desk.text(), /the quote ' is not closed/);
    assert.match(desk.text(), /give a size such as 64m/);
    assert.match(desk.text(), /a name has no slash/);
    assert.equal(desk.state.overlay?.kind === 'form' && desk.state.overlay.form.focus, 'command');
    assert.deepEqual(desk.calls, [], 'the engine was not asked');
    desk.close();
  });

  it('says what the engine refuses beside its field, and keeps what was typed', async () => {
    const desk = await Desk.open();
    await desk.type('n');
    await fill(desk, 'name', 'web');
    await desk.type('enter');
    assert.match(desk.text(), /the name web is taken/);
    assert.match(desk.text(), /name +web/);
    desk.close();
  });

  it('leaves nothing behind when the start fails', async () => {
    const desk = await Desk.open();
    desk.world.engine.start = () => Promise.reject(new Error('no such program'));
    await desk.type('n', 'nosuch', 'enter');
    assert.match(desk.text(), /no such program/);
    assert.ok(desk.calls.includes('remove calm_otter'));
    assert.equal(desk.state.containers.list.length, 7);
    desk.close();
  });
});

describe('the limits dialog', () => {
  it('changes only what differs, and ctrl-z takes it back', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'backspace', 'backspace', 'backspace', '0.2', 'enter');
    assert.deepEqual(desk.calls, ['update db {"nanoCpus":200000000}']);
    assert.match(desk.notice, /ctrl-z/);
    await desk.type('ctrl-z');
    assert.deepEqual(desk.calls.slice(1), ['update db {"nanoCpus":1500000000}']);
    await desk.type('ctrl-z');
    assert.match(desk.notice, /nothing to undo/);
    desk.close();
  });

  it('clears a limit with x, which is not the same as leaving it', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'tab', 'x', 'enter', 'ctrl-z');
    assert.deepEqual(desk.calls, ['update db {"memory":-1}', `update db {"memory":${768 * 1024 ** 2}}`]);
    desk.close();
  });

  it('warns of a memory limit below what is in use', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'tab', 'x', '48m');
    assert.match(desk.text(), /below what is in use: that much is reclaimed, or db is killed/);
    desk.close();
  });

  it('has presets: half of each, quiet, and a pause', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'h', 'enter', 'u', 'p');
    assert.deepEqual(desk.calls, ['update db {"nanoCpus":750000000}', 'pause db']);
    desk.close();
  });

  it('quietens softly first: a weight and memory that it is held to; the same key again takes half of its CPU', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'q');
    assert.match(desk.text(), /means nothing while nobody else wants the CPU/);
    assert.match(desk.text(), /q harder/);
    await desk.type('enter');
    const used = Math.ceil(desk.state.table.loads.get(desk.state.table.selected!)!.memory / 1024 ** 2) * 1024 ** 2;
    assert.deepEqual(desk.calls, [`update db {"memoryHigh":${used},"cpuShares":2}`]);
    await desk.type('u', 'q', 'q', 'enter');
    assert.match(desk.calls[1]!, /^update db \{"nanoCpus":\d+\}$/);
    desk.close();
  });

  it('says what is no value beside it', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'x', 'many', 'enter');
    assert.match(desk.text(), /give a number such as 0.5/);
    assert.deepEqual(desk.calls, []);
    desk.close();
  });

  it('closes without asking anything when nothing was changed', async () => {
    const desk = await Desk.open();
    await desk.type('u', 'enter');
    assert.deepEqual(desk.calls, []);
    assert.match(desk.notice, /Nothing was changed/);
    desk.close();
  });

  it('keeps the limits of other disks, and can take any change back', () => {
    const container = { config: { limits: { memory: 5, deviceWriteBps: [{ path: '/dev/a', rate: 1 }] } } } as never;
    const before = limitsBefore({ memory: 9, nanoCpus: 1, deviceWriteBps: [], pidsLimit: 4 }, container);
    assert.deepEqual(before, { memory: 5, nanoCpus: 0, deviceWriteBps: [{ path: '/dev/a', rate: 1 }], pidsLimit: -1 });
  });
});

describe('the limits dialog of several', () => {
  it('says where they differ, changes only what was touched, and is taken back as one', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'u');
    assert.match(desk.text(), /limits of 3 containers/);
    assert.match(desk.text(), /cpu +0\.1\d–0\.\d\d +differs +cores +db 1\.5 +backup – +web 1/);
    await desk.type('up', '20', 'enter');
    assert.deepEqual(
      [...desk.calls].sort(),
      ['backup', 'db', 'web'].map((name) => `update ${name} {"pidsLimit":20}`),
    );
    assert.match(desk.notice, /3 containers have new limits; ctrl-z/);
    await desk.type('ctrl-z');
    assert.deepEqual(
      desk.calls.slice(3).sort(),
      ['backup', 'db', 'web'].map((name) => `update ${name} {"pidsLimit":-1}`),
    );
    assert.match(desk.notice, /The limits of .* are as they were/);
    desk.close();
  });

  it('leaves a field alone in which they differ, unless it is cleared or typed into', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'u', 'enter');
    assert.match(desk.notice, /Nothing was changed/);
    await desk.type('u', 'tab', 'x', 'enter');
    assert.deepEqual([...desk.calls].sort(), ['update db {"memory":-1}', 'update web {"memory":-1}']);
    desk.close();
  });

  it('reckons presets for each of them', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'u', 'h');
    assert.match(desk.text(), /cpu .* its own/);
    await desk.type('enter');
    assert.ok(desk.calls.includes('update db {"nanoCpus":750000000}'));
    assert.ok(desk.calls.includes('update web {"nanoCpus":500000000}'));
    assert.equal(desk.calls.length, 3);
    desk.close();
  });

  it('warns for the one that it hurts most, and counts the others', async () => {
    const desk = await Desk.open();
    await desk.type('up', 'u', 'tab', '20m', 'up', '0.01');
    assert.match(desk.text(), /db and 2 more: \d+M below what is in use/);
    assert.match(desk.text(), /db and 2 more: it uses 0\.\d\d now: throttled/);
    desk.close();
  });

  it('tells in one sentence how many were changed and who refused, and why', async () => {
    const desk = await Desk.open();
    const { engine } = desk.world;
    const update = engine.update.bind(engine);
    engine.update = (ref, change) =>
      desk.state.containers.byId.get(ref)?.config.name === 'web'
        ? Promise.reject(new Error('the memory limit "9000000" is too small'))
        : update(ref, change);
    await desk.type('up', 'u', 'up', '9', 'enter');
    assert.equal(desk.notice, '2 containers have new limits, 1 refused them: the memory limit "9000000" is too small');
    engine.update = () => Promise.reject(new Error('no such controller'));
    await desk.type('u', 'up', '5', 'enter');
    assert.equal(desk.state.overlay?.kind, 'limits', 'where nobody was changed the dialog stays');
    assert.match(desk.text(), /db, backup, web: no such controller/);
    desk.close();
  });
});

describe('small forms', () => {
  it('rename', async () => {
    const desk = await Desk.open();
    await desk.type('R', '2', 'enter');
    assert.match(desk.calls.join(), /rename [0-9a-f]{64} db2/);
    desk.close();
  });

  it('import an image, after saying what a path is', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'i', 'rootfs.tar', 'tab', 'mine:1', 'enter');
    assert.match(desk.text(), /give a path that begins with/);
    await desk.type('home', '/srv/', 'enter');
    assert.deepEqual(desk.calls, ['import /srv/rootfs.tar mine:1']);
    desk.close();
  });

  it('refuse to remove an image that is used, and name who uses it', async () => {
    const desk = await Desk.open();
    await desk.type('I', 'd');
    assert.match(desk.notice, /base is used by reports/);
    desk.close();
  });
});

describe('words', () => {
  it('are split as a shell does', () => {
    assert.deepEqual(splitWords(`a  'b c' "d \\" e" f\\ g ''`), ['a', 'b c', 'd " e', 'f g', '']);
    assert.deepEqual(splitWords(''), []);
    assert.ok('problem' in splitWords('"open'));
    assert.ok('problem' in splitWords('end\\'));
  });

  it('come back whole when quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
        assert.deepEqual(splitWords(line), words);
      }),
    );
  });
});
