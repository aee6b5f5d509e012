// The Networks view: who is on what, what is asked before something is done, what is done, and who is at the other end.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { merged, OUTSIDE, talksOf } from '../../../src/tui/networks/talks.js';
import { asksFor, prunable } from '../../../src/tui/networks/members.js';
import { bindingWords } from '../../../src/tui/present/network.js';
import { perSecond } from '../../../src/tui/present/units.js';
import { networkParts } from '../../../src/tui/network-pane.js';
import { Desk } from '../../support/desk.js';

const lineOf = (desk: Desk, text: string): string =>
  desk
    .text()
    .split('\n')
    .find((line) => line.includes(text)) ?? '';

describe('the list of networks', () => {
  it('has each with its subnet, who is on it, what leads onto it and what goes over it', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N');
      const line = lineOf(desk, 'shop-back');
      assert.match(line, /172\.19\.0\.0\/16 +web db backup +127\.0\.0\.1:5432:5432 +\d+K +[\d.]+M +internal +9d/);
      assert.match(lineOf(desk, 'old-metrics'), /10\.5\.0\.0\/24 +– +– +– +– +20d/);
    });
  });

  it('finds a network by who is on it', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', '/', 'backup', 'enter');
      assert.match(desk.text(), /networks 1 of 4/);
      assert.notEqual(lineOf(desk, 'shop-back'), '');
    });
  });

  it('says what can be done where there is none', async () => {
    await Desk.with({ crowd: 'nothing' }, async (desk) => {
      await desk.type('N', 'd');
      assert.match(desk.text(), /There is no network here yet/);
      assert.match(desk.notice, /n makes one/);
      await desk.type('a');
      assert.match(desk.notice, /n makes one/);
      await desk.type('2');
      assert.match(desk.notice, /n makes one/);
    });
  });

  it('goes to the container whose line is opened, and to its network', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'end', 'enter', 'enter');
      assert.equal(desk.selected, 'web');
      assert.equal(desk.state.view.page, 'overview');
      assert.equal(desk.state.view.tab, 'network');
    });
  });

  it('is worked with the mouse as every list', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N');
      await desk.click('shop-front');
      assert.match(lineOf(desk, '172.18.0.2'), /web/);
      await desk.click('map');
      assert.equal(desk.state.networks.tab, 'map');
      await desk.click('shop-back', true);
      assert.equal(desk.state.networks.focus, 'pane');
    });
  });
});

describe('a network that is made', () => {
  it('is asked for as it was typed', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'n', 'lab', 'tab', '10.9.0.0/24', 'tab', 'tab', 'tab', 'space', 'enter');
      assert.deepEqual(desk.calls, ['create-network lab internal']);
      assert.match(desk.notice, /lab was made/);
      assert.match(lineOf(desk, '10.9.0.0/24'), /lab /);
    });
  });

  it('has a name', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'n', 'enter');
      assert.match(desk.text(), /give a name, such as shop-front/);
      assert.deepEqual(desk.calls, []);
    });
  });

  it('is refused beside its form where the engine refuses it', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'n', 'shop-back', 'enter');
      assert.match(desk.text(), /there is a network shop-back already/);
    });
  });
});

describe('a network that is removed', () => {
  it('is not, while somebody is on it: who that is, is said', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'end', 'd');
      assert.match(desk.notice, /web is on shop-front: x disconnects, or stop it first/);
      assert.equal(desk.state.overlay, undefined);
    });
  });

  it('is asked for first, with Cancel in focus', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'down', 'd', 'enter');
      assert.deepEqual(desk.calls, []);
      await desk.type('d', 'right', 'enter');
      assert.deepEqual(desk.calls, ['remove-network old-metrics']);
      assert.equal(lineOf(desk, '10.5.0.0/24'), '');
    });
  });

  it('goes with all that nobody asks for, and with none that somebody will come back to', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'X');
      assert.match(desk.text(), /remove 1 network that nobody asks for\?/);
      await desk.type('right', 'enter');
      assert.deepEqual(desk.calls, ['prune-networks']);
      await desk.type('X');
      assert.match(desk.notice, /nothing to prune/);
    });
  });
});

describe('a container and its networks', () => {
  it('is connected with names and an address, and that is taken back', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('J', 'enter', 'cache store', 'tab', '172.17.0.9');
      assert.match(desk.text(), /it is db, cache, store on bridge, which is 172\.17\.0\.0\/16/);
      await desk.type('enter');
      assert.deepEqual(desk.calls, ['connect bridge db as cache store at 172.17.0.9']);
      assert.match(desk.notice, /db is on bridge now; ctrl-z takes that back/);
      await desk.type('ctrl-z');
      assert.deepEqual(desk.calls.slice(1), ['disconnect bridge db']);
    });
  });

  it('is refused an address that is not one of the network', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('J', 'enter', 'tab', '10.0.0.1', 'enter');
      assert.match(desk.text(), /172\.17\.0\.0\/16/);
      assert.equal(desk.state.overlay?.kind, 'form');
    });
  });

  it('is told what breaks before it is disconnected, and comes back as it was', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N', 'end', 'up', 'x', 'enter');
      assert.match(desk.text(), /disconnect web from shop-back\?/);
      assert.match(desk.text(), /db, backup will not reach it over shop-back/);
      assert.match(desk.text(), /It stays on shop-front/);
      await desk.type('right', 'enter', 'ctrl-z');
      assert.deepEqual(desk.calls, ['disconnect shop-back web', 'connect shop-back web']);
    });
  });

  it('is made anew with other ports after a question that says what stays behind', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('down', 'down', 'F', ' 53:53/udp');
      assert.match(desk.text(), /53 of the host leads to 53 \(udp\)/);
      await desk.type('enter');
      assert.match(desk.text(), /-p 8080:80 -p 8443:443 -p 53:53\/udp/);
      assert.match(desk.text(), /stay with the one before/);
      await desk.type('right', 'enter');
      assert.deepEqual(desk.calls, ['republish web 80 443 53']);
      assert.match(desk.notice, /web was made anew: 8080:80 8443:443 53:53\/udp/);
    });
  });

  it('is told what is wrong with a port, before anything is asked', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('F', ' 80:http', 'enter');
      assert.match(desk.text(), /give it as 8080:80/);
      assert.deepEqual(desk.calls, []);
    });
  });

  it('cannot be a whole project at once', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('home', 'J');
      assert.match(desk.notice, /Choose one container of shop/);
      await desk.type('F');
      assert.match(desk.notice, /Choose one container of shop/);
    });
  });
});

describe('the tab of a container’s network', () => {
  it('names the container at the other end and goes there', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('down', 'down', '7');
      const line = desk
        .text()
        .split('\n')
        .findIndex((each) => each.includes('172.19.0.3:5432'));
      assert.match(desk.text().split('\n')[line] ?? '', /went out :48214 db +shop-back/);
      assert.match(lineOf(desk, '172.18.0.1:51022'), /came in +:443 +the host +shop-front/);
      await desk.click('172.19.0.3:5432', true);
      assert.equal(desk.selected, 'db');
    });
  });

  it('has every interface with its address, its rates and what was lost', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('down', 'down', '7');
      assert.match(lineOf(desk, 'eth0'), /shop-front +172\.18\.0\.2 +now +\d+K +[\d.]+M +\d+ in +0 +0/);
      assert.match(lineOf(desk, 'eth1'), /shop-back +172\.19\.0\.2 +now/);
    });
  });

  it('says why there is nothing', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('end', '7');
      assert.match(desk.text(), /It has no interface while it does not run/);
      assert.match(desk.text(), /It does not run, so nothing of it is open/);
    });
  });

  it('leaves lines for what is open, however many interfaces there are', () => {
    for (let height = 1; height < 40; height++)
      for (let count = 0; count < 12; count++) {
        const { each, above } = networkParts(height, count);
        assert.ok(each >= 1 && each <= 5);
        assert.ok(above <= Math.max(0, height - 1), `${above} of ${height}`);
      }
  });
});

describe('the map', () => {
  it('says who talks to whom while it is looked at', async () => {
    await Desk.with({}, async (desk) => {
      await desk.type('N');
      assert.equal(desk.state.networks.talks, undefined, 'nobody is asked before somebody looks');
      await desk.type('3');
      assert.match(desk.text(), /backup +── tcp 5432 ──▸ db +over shop-back +1 connection/);
      assert.match(desk.text(), /web +── tcp 5432 ──▸ db +over shop-back +2 connections/);
    });
  });

  it('has each connection once, and none that is over', async () => {
    await Desk.with({}, async (desk) => {
      const list = desk.state.networks.list!;
      const [web, db] = ['web', 'db'].map((name) =>
        desk.state.containers.list.find((one) => one.config.name === name)!,
      );
      const all = [];
      for (const container of [web!, db!]) {
        const found = await desk.world.networks.connections(container);
        all.push(...talksOf(list, container, found!));
      }
      const shown = merged(all).map(({ from, to, port, count }) => `${from} ${to} ${port} ${count}`);
      assert.deepEqual(shown, ['the host web 443 1', `${OUTSIDE} web 443 1`, 'web db 5432 2']);
    });
  });
});

describe('a dashboard that only watches', () => {
  it('shows networks and refuses every change of them', async () => {
    await Desk.with({ readOnly: true }, async (desk) => {
      await desk.type('N');
      assert.notEqual(lineOf(desk, 'shop-back'), '');
      for (const key of ['n', 'a', 'x', 'd', 'X']) {
        await desk.type(key);
        assert.match(desk.notice, /^Read only: /, key);
      }
      await desk.type('escape', 'J');
      assert.match(desk.notice, /^Read only: /);
      await desk.type('F');
      assert.match(desk.notice, /^Read only: /);
      assert.deepEqual(desk.calls, []);
    });
  });
});

describe('words', () => {
  it('say a port as -p would', () => {
    const port = { containerPort: 80, protocol: 'tcp', hostIp: '', hostPort: 8080 } as const;
    assert.equal(bindingWords(port), '8080:80');
    assert.equal(bindingWords({ ...port, hostPort: 0 }), '80');
    assert.equal(bindingWords({ ...port, hostIp: '::1', protocol: 'udp' }), '[::1]:8080:80/udp');
    assert.equal(bindingWords({ ...port, hostIp: '127.0.0.1', hostPort: 0 }), '127.0.0.1::80');
    assert.equal(bindingWords({ ...port, hostPortEnd: 8090 }), '8080-8090:80');
  });

  it('tell seldom from never', () => {
    assert.deepEqual([undefined, NaN, 0, 0.04, 0.3, 370, 12_400].map(perSecond), [
      '–',
      '–',
      '0',
      '0',
      '0.3',
      '370',
      '12k',
    ]);
  });
});

describe('whom a network waits for', () => {
  it('is every container that asks for it, the default one for those that ask for none', async () => {
    await Desk.with({}, (desk) => {
      const { list = [] } = desk.state.networks;
      const of = (name: string) => list.find(({ network }) => network.name === name)!.network;
      const config = desk.state.containers.list.find((one) => one.config.name === 'migrate')!.config;
      assert.equal(asksFor(config, of('bridge')), true);
      assert.equal(asksFor(config, of('shop-back')), false);
      assert.equal(asksFor({ ...config, network: 'none' }, of('bridge')), false);
      assert.deepEqual(
        prunable(list, desk.state.containers.list).map(({ network }) => network.name),
        ['old-metrics'],
      );
      return Promise.resolve();
    });
  });
});
