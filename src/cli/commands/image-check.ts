// tscontain image check
import { flag, text, type Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { bytes, jsonText, printable } from '../output.js';

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

export const imageCheck: Command = {
  name: 'image check',
  summary: 'Whether every image in the store is whole, down to the last byte',
  description:
    'Every name must lead to an image, every content must be what its digest says, every unpacked layer must stand as it was made. Damage is told and makes the exit code 1. What was left behind by a process that was killed is told too, apart from what is under way; it does no harm. Nothing is changed without --repair.',
  arguments: [],
  options: [
    { flags: '--repair', description: 'delete what is damaged or needed by nothing, so that it can be got again' },
    { flags: '--quick', description: 'do not read all content again: silent damage is not found then' },
    { flags: '--deep', description: 'read all content, which is what is done anyway' },
    { flags: '--format <format>', description: 'json', complete: ['json'] },
  ],
  async run(context, _args, values) {
    const engine = await context.engine();
    const check = await engine.images.check({ repair: flag(values, 'repair'), quick: flag(values, 'quick') });
    if (text(values, 'format') === 'json') context.print(jsonText(check, 0));
    else {
      for (const { kind, what, repaired } of check.findings)
        context.print(printable(`${kind}: ${what}${repaired === undefined ? '' : ` – ${repaired}`}`));
      const read = flag(values, 'quick') ? 'content not read' : `${bytes(check.verifiedBytes)} read`;
      const things = [count(check.images, 'image'), count(check.blobs, 'blob'), count(check.layers, 'layer'), read];
      const going = check.underWay === 0 ? '' : `, ${check.underWay} under way`;
      context.print(`${check.isSound ? 'sound' : 'damaged'}: ${things.join(', ')}${going}`);
    }
    return check.isSound ? EXIT.ok : EXIT.failed;
  },
};
