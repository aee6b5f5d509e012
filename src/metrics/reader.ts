// How files of the kernel are read here: one buffer, one budget of descriptors, and many files in one call where that can be done.
import { Batch } from './batch.js';
import { disks } from './devices.js';
import { DescriptorBudget, spareDescriptors, TextBuffer, type KeptFile, type Reading } from './kept-file.js';
import type { DeviceFilter, Text } from './proc.js';

/** What all who measure in one sampler share. */
export interface Reader {
  readonly procRoot: string;
  readonly buffer: TextBuffer;
  /** absent where files can be read one after the other only */
  readonly batch?: Batch | undefined;
  readonly budget: DescriptorBudget;
  readonly isDisk: DeviceFilter;
}

/** @param maxDescriptors files kept open at most, default half of what the process may open */
export const openReader = (
  procRoot = '/proc',
  sysRoot = '/sys',
  maxDescriptors = spareDescriptors(procRoot),
): Reader => ({
  procRoot,
  buffer: new TextBuffer(),
  batch: Batch.create(),
  budget: new DescriptorBudget(maxDescriptors),
  isDisk: disks(sysRoot),
});

/**
 * Reads as many files in one call as there is room for; what is not open yet, or is longer than a page, is read alone.
 * @param see told of each file in turn what it says, good until it returns, or why it cannot be read
 */
export function readTogether(
  { batch, buffer }: Reader,
  files: readonly KeptFile[],
  see: (index: number, text: Text | Exclude<Reading, 'read'>) => void,
): void {
  const most = batch?.room ?? files.length;
  for (let begin = 0; begin < files.length; begin += most) {
    const end = Math.min(files.length, begin + most);
    const slots: (number | undefined)[] = [];
    batch?.begin();
    for (let i = begin; i < end; i++) {
      const { descriptor } = files[i]!;
      slots.push(descriptor === undefined ? undefined : batch?.add(descriptor));
    }
    batch?.read();
    for (let i = begin; i < end; i++) {
      const slot = slots[i - begin];
      const text = slot === undefined ? undefined : batch?.text(slot, files[i]!.isWhole);
      if (text !== undefined) see(i, text);
      else {
        const reading = files[i]!.read(buffer);
        see(i, reading === 'read' ? buffer : reading);
      }
    }
  }
}
