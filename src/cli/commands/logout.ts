// tscontain logout
import { logout as logOut } from '../../engine/index.js';
import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { printable } from '../output.js';

export const logout: Command = {
  name: 'logout',
  summary: 'Forget the login of a registry',
  arguments: [{ name: 'registry', optional: true }],
  options: [],
  async run(context, [server]) {
    const { registry, wasKnown } = await logOut(server);
    context.print(
      wasKnown ? `Removing login credentials for ${printable(registry)}` : `Not logged in to ${printable(registry)}`,
    );
    return EXIT.ok;
  },
};
