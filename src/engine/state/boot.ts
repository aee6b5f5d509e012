// Which boot of the machine this is: what ran in another one cannot run any more (random(4)).
import { readFileSync } from 'node:fs';

let known: string | undefined;

export function bootId(): string {
  return (known ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}
