// The socket of a process of ours, "sock" in a directory of its own. A socket's name has room for 107 bytes, and a state directory may
// have more: the directory is named by a descriptor.
import { chmodSync, closeSync, constants, openSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';

const openDirectory = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);

/** @returns undefined when nobody listens there any more */
export async function connectIn(directory: string): Promise<Socket | undefined> {
  let directoryFd: number;
  try {
    directoryFd = openDirectory(directory);
  } catch {
    return undefined;
  }
  try {
    return await new Promise<Socket | undefined>((resolve) => {
      const socket = connect(`/proc/self/fd/${directoryFd}/sock`);
      socket.once('connect', () => {
        socket.removeAllListeners('error');
        resolve(socket);
      });
      socket.once('error', () => resolve(undefined));
    });
  } finally {
    closeSync(directoryFd);
  }
}

/** For root alone. @throws the error of node:net */
export async function listenIn(server: Server, directory: string): Promise<void> {
  // It stays open as long as the server, which names it again when it unlinks the socket.
  const path = `/proc/self/fd/${openDirectory(directory)}/sock`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
}
