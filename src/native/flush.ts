// Bringing a whole file system to its disk without standing still meanwhile: it takes as long as there is to write.
import { errnoNumber, SyscallError } from './errno.js';
import { koffi } from './kernel.js';
import { syscallNumber } from './syscalls.js';

/** syncfs(2) of the file system that an open file lies on, on another thread. @throws SyscallError */
export function flushFileSystem(fd: number): Promise<void> {
  const call = koffi().load(null).func('syscall', 'int64', ['int64', 'int64']);
  return new Promise((resolve, reject) => {
    call.async(syscallNumber('syncfs'), fd, (error: unknown, result: number | bigint) => {
      if (error instanceof Error) reject(error);
      // Which errno it was is known to that thread alone; that the disk failed is what there is to say.
      else if (Number(result) < 0) reject(new SyscallError('syncfs', errnoNumber('EIO')));
      else resolve();
    });
  });
}
