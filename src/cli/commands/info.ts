// tscontain info
import { cpus, hostname, release, totalmem } from 'node:os';
import { detectCgroupHost } from '../../engine/index.js';
import { text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes } from '../output.js';
import { version } from '../version.js';

export const info: Command = {
  name: 'info',
  summary: 'This host and what runs on it',
  arguments: [],
  options: [{ flags: '-f, --format <format>', description: 'json', complete: ['json'] }],
  async run(context, _args, values) {
    const engine = await context.engine();
    const [containers, images] = await Promise.all([engine.list(), engine.images.list()]);
    const count = (status: string) => containers.filter(({ state }) => state.status === status).length;
    const host = detectCgroupHost();
    const facts = {
      Containers: containers.length,
      ContainersRunning: count('running'),
      ContainersPaused: count('paused'),
      ContainersStopped: containers.length - count('running') - count('paused'),
      Images: images.length,
      Root: engine.root,
      CgroupVersion: host.kind,
      CgroupControllers: [...new Set([...Object.keys(host.v1), ...(host.unified?.controllers ?? [])])].sort().join(' '),
      Name: hostname(),
      KernelVersion: release(),
      Architecture: process.arch,
      NCPU: cpus().length,
      MemTotal: totalmem(),
      Version: version,
      Node: process.versions.node,
    };
    if (text(values, 'format') === 'json') context.print(JSON.stringify(facts));
    else {
      const width = Math.max(...Object.keys(facts).map((name) => name.length)) + 2;
      for (const [name, value] of Object.entries(facts)) {
        context.print(`${`${name}:`.padEnd(width)}${name === 'MemTotal' ? bytes(totalmem()) : value}`);
      }
    }
    return EXIT.ok;
  },
};
