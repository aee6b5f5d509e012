// Reads from an ELF file which other files it needs to run: its interpreter and its shared libraries (elf(5), ld.so(8)).
// Nothing of the file is run: ldd(1) would run it. Pure, from bytes to data. Tests: test/pure/engine/image-elf.test.ts.

export interface ElfNeeds {
  /** the dynamic loader; absent in a static program or a library */
  readonly interpreter?: string;
  /** DT_NEEDED, in order */
  readonly libraries: readonly string[];
  /** DT_RUNPATH, or DT_RPATH where that is absent, split; $ORIGIN is still in it */
  readonly searchPath: readonly string[];
  /** 1 is 32 bits, 2 is 64 */
  readonly class: 1 | 2;
  /** EM_* of elf(5): libraries must be for the same */
  readonly machine: number;
}

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads fields that lie at other places, and are of another width, in 32 and 64 bit files. Little-endian only. */
class Reader {
  readonly wide: boolean;

  constructor(readonly bytes: Buffer) {
    this.wide = bytes[4] === 2;
  }

  word(at: number): number {
    return this.wide ? Number(this.bytes.readBigUInt64LE(at)) : this.bytes.readUInt32LE(at);
  }

  half(at: number): number {
    return this.bytes.readUInt16LE(at);
  }

  text(at: number): string {
    const end = this.bytes.indexOf(0, at);
    if (at >= this.bytes.length || end < 0) throw new RangeError('a text of the file has no end');
    return this.bytes.toString('utf8', at, end);
  }
}

function segmentsOf(elf: Reader): Segment[] {
  const start = elf.word(elf.wide ? 32 : 28);
  const size = elf.half(elf.wide ? 54 : 42);
  const count = elf.half(elf.wide ? 56 : 44);
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * size;
    return {
      type: elf.bytes.readUInt32LE(at),
      offset: elf.word(at + (elf.wide ? 8 : 4)),
      address: elf.word(at + (elf.wide ? 16 : 8)),
      size: elf.word(at + (elf.wide ? 32 : 16)),
    };
  });
}

function dynamicEntries(elf: Reader, { offset, size }: Segment): [tag: number, value: number][] {
  const width = elf.wide ? 8 : 4;
  const entries: [number, number][] = [];
  for (let at = offset; at < offset + size; at += 2 * width) {
    const tag = elf.word(at);
    if (tag === 0) break;
    entries.push([tag, elf.word(at + width)]);
  }
  return entries;
}

/** Undefined for what is no ELF file of this kind of machine (little-endian), or a broken one. */
export function readElf(bytes: Buffer): ElfNeeds | undefined {
  if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46 || bytes[5] !== 1) return undefined;
  try {
    return needsOf(new Reader(bytes));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function needsOf(elf: Reader): ElfNeeds {
  const segments = segmentsOf(elf);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = dynamic === undefined ? [] : dynamicEntries(elf, dynamic);
  const table = entries.find(([tag]) => tag === DT_STRTAB)?.[1] ?? 0;
  const home = segments.find(
    ({ type, address, size }) => type === PT_LOAD && address <= table && table < address + size,
  );
  const strings = table - (home?.address ?? 0) + (home?.offset ?? 0);
  const texts = (wanted: number): string[] =>
    entries.flatMap(([tag, value]) => (tag === wanted ? [elf.text(strings + value)] : []));
  const path = texts(DT_RUNPATH)[0] ?? texts(DT_RPATH)[0] ?? '';
  return {
    ...(interpreter === undefined ? {} : { interpreter: elf.text(interpreter.offset) }),
    libraries: texts(DT_NEEDED),
    searchPath: path.split(':').filter((part) => part !== ''),
    class: elf.wide ? 2 : 1,
    machine: elf.half(18),
  };
}
