// Networks and volumes on the real engine, in a network namespace of the test's own: what a person sees of containers that talk, and
// what becomes of what they ask for.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, afterEach, before, describe, it } from 'node:test';
import { Emulator } from '../support/emulator.js';
import { House, product } from '../support/house.js';
import { patience } from '../support/patience.js';

const WAIT_MS = patience(20_000);
const ENTER = '\r';
const RIGHT = '\u001b[C';
const END = '\u001b[F';
const BUSYBOX = '/usr/bin/busybox';
const withoutBusybox = existsSync(BUSYBOX) ? false : `${BUSYBOX} is missing: apt-get install busybox-static`;

describe('networks and volumes in the dashboard', () => {
  let house: House;
  const screens: Emulator[] = [];
  const see = (screen: Emulator, wanted: string | RegExp): Promise<void> => screen.waitFor(wanted, WAIT_MS);

  function open(...flags: string[]): Emulator {
    const command = [process.execPath, product('tscontain-tui'), '--root', house.root, ...flags] as const;
    const screen = new Emulator({ columns: 140, rows: 40, command });
    screens.push(screen);
    return screen;
  }

  before(async () => {
    house = new House();
    await house.ok('network', 'create', '--subnet', '10.5.0.0/24', 'app');
    await house.ok('run', '-d', '--name', 'db', '--network', 'app', '-v', 'data:/data', 'base', 'sleep', '1000');
    await house.ok('run', '-d', '--name', 'web', '--network', 'app', 'base', 'sleep', '1000');
    await house.ok(
      'exec',
      'db',
      'sh',
      '-c',
      'mkdir /data/deep; echo hello > /data/deep/greeting; ln -s /etc/passwd /data/out',
    );
  });
  afterEach(async () => {
    await Promise.all(screens.splice(0).map((screen) => screen.close()));
  });
  after(() => house.close());

  it('show who is on which, and a network is made and removed from the keyboard', async () => {
    const screen = open();
    await see(screen, / web /);
    screen.type('N');
    await see(screen, /app +10\.5\.0\.0\/24 +db web/);
    await see(screen, /10\.5\.0\.2/);
    screen.type('n');
    await see(screen, 'make a network');
    screen.type('lab\t10.6.0.0/24\r');
    await see(screen, /lab +10\.6\.0\.0\/24/);
    assert.match(await house.ok('network', 'ls'), /lab/);
    screen.type(END);
    screen.type('d');
    await see(screen, 'remove lab?');
    screen.type(RIGHT);
    screen.type(ENTER);
    await see(screen, 'lab was removed');
    assert.doesNotMatch(await house.ok('network', 'ls'), /lab/);
  });

  it('connect a container that runs to another network, and take that back', async () => {
    await house.ok('network', 'create', '--subnet', '10.7.0.0/24', 'side');
    const screen = open();
    await see(screen, / web /);
    screen.type('/web\r');
    screen.type('J');
    await see(screen, 'networks of web');
    screen.type(END);
    screen.type(ENTER);
    await see(screen, 'connect web to side');
    screen.type(ENTER);
    await see(screen, 'web is on side now');
    assert.match(await house.ok('exec', 'web', 'cat', '/proc/net/route'), /eth1/);
    screen.type('7');
    await see(screen, /eth1 +side +10\.7\.0\.2/);
    screen.type('\u001a');
    // What is said of it goes by; what is so stays.
    await see(screen, /^(?![\s\S]*eth1)/);
    assert.doesNotMatch(await house.ok('exec', 'web', 'cat', '/proc/net/route'), /eth1/);
  });

  it('make a container anew with a port published', async () => {
    const screen = open();
    await see(screen, / db /);
    screen.type('/db\r');
    screen.type('F');
    await see(screen, 'publish ports of db');
    screen.type('127.0.0.1:7202:80\r');
    await see(screen, 'make db anew');
    screen.type(RIGHT);
    screen.type(ENTER);
    await see(screen, /db was made anew: 127\.0\.0\.1:7202:80/);
    assert.match(await house.ok('port', 'db'), /80\/tcp -> 127\.0\.0\.1:7202/);
    assert.match(await house.ok('exec', 'db', 'cat', '/data/deep/greeting'), /hello/);
  });

  it(
    'name who is at the other end of a connection, from both ends and on the map',
    { skip: withoutBusybox },
    async () => {
      const onApp = ['--network', 'app', '-v', `${BUSYBOX}:/busybox:ro`];
      const listen = ['nc', '-ll', '-p', '5432', '-e', '/bin/cat'];
      await house.ok('run', '-d', '--name', 'srv', ...onApp, 'base', '/busybox', ...listen);
      // Comes again where it was too early.
      const talk = ['nc', 'srv', '5432', '-e', '/bin/sleep', '1000'];
      await house.ok('run', '-d', '--name', 'cli', '--restart', 'always', ...onApp, 'base', '/busybox', ...talk);
      const screen = open();
      await see(screen, / cli /);
      screen.type('/cli\r');
      screen.type('7');
      await see(screen, /went out +:\d+ +srv +app +10\.5\.0\.\d+:5432/);
      const other = open();
      await see(other, / srv /);
      other.type('/srv\r');
      other.type('7');
      await see(other, /came in +:5432 +cli +app/);
      await see(other, /listens +:5432 +its networks/);
      screen.type('N');
      await see(screen, /app +10\.5\.0\.0\/24/);
      screen.type('3');
      await see(screen, /cli ─+ tcp 5432 ─+▸ srv +over app/);
      await house.ok('rm', '-f', 'srv', 'cli');
    },
  );

  it('show the files of a volume, and follow none out of it', async () => {
    const screen = open();
    await see(screen, / web /);
    screen.type('V');
    await see(screen, /data +\d/);
    screen.type('2');
    await see(screen, 'out -> /etc/passwd');
    screen.type(ENTER);
    await see(screen, 'greeting');
    screen.type(ENTER);
    await see(screen, 'hello');
  });
});
