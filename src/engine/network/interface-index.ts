// The number that an interface of a container has in there, chosen by us so that the launch program, which cannot ask, knows it. Pure.

/** Past those that the kernel gives to lo and to the tunnels that it makes by itself in each new network namespace. */
const FIRST_INDEX = 100;

/** @param name "eth0", "eth1", … */
export function interfaceIndex(name: string): number {
  return FIRST_INDEX + Number(/\d+$/.exec(name)?.[0] ?? 0);
}
