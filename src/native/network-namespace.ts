// Acting in another network namespace (network_namespaces(7)): a thread goes there and comes back, all at once.
import { closeSync, openSync } from 'node:fs';
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from './flags.js';
import { syscall } from './kernel.js';

/** The network namespace of this thread. The caller closes it. */
export function ownNetworkNamespace(): number {
  return openSync('/proc/thread-self/ns/net', O_RDONLY | O_CLOEXEC);
}

/** That of a process. The caller closes it. Throws Node's ENOENT when there is no such process any more. */
export function networkNamespaceOf(pid: number): number {
  return openSync(`/proc/${pid}/ns/net`, O_RDONLY | O_CLOEXEC);
}

/**
 * Does something in the network namespace of that descriptor: sockets that are opened in there, and what is read and written below
 * /proc/sys/net, are those of that namespace. `action` must be over when it returns: nothing in it may wait, and Node's asynchronous
 * file calls run in other threads, which stay where they are.
 * @throws what the action throws; SyscallError of setns
 */
export function inNetworkNamespace<T>(fd: number, action: () => T): T {
  const own = ownNetworkNamespace();
  try {
    syscall('setns', fd, CLONE_NEWNET);
    try {
      return action();
    } finally {
      syscall('setns', own, CLONE_NEWNET);
    }
  } finally {
    closeSync(own);
  }
}
