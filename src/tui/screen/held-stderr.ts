// What is written to stderr while the screen is taken (a warning of Node, a complaint of a library) would land in the middle
// of it. It is held back and written once the terminal is given back.

/** More than this is not kept: the first words say what went wrong. */
const MAX_HELD = 64 * 1024;

/** @returns puts stderr back and writes what was held; undefined where stderr is no terminal and nothing need be held */
export function holdStderr(): (() => void) | undefined {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  const write = stderr.write.bind(stderr);
  let held = '';
  const hold = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    if (held.length < MAX_HELD) held += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const done = rest.find((argument): argument is () => void => typeof argument === 'function');
    if (done) setImmediate(done);
    return true;
  };
  stderr.write = hold;
  return () => {
    stderr.write = write;
    if (held !== '') write(held);
  };
}
