// A process of its own that unpacks one layer and says how much memory that took: node memory.program.cjs BLOB TREE
import { wholeFile } from '../../../src/engine/image/layer/model.js';
import { unpackLayer } from '../../../src/engine/image/layer/unpack-layer.js';

const [, , blob = '', tree = ''] = process.argv;

unpackLayer({ file: wholeFile(blob), tree }).then(
  () => say('unpacked'),
  (error: unknown) => say(error instanceof Error ? error.message : String(error)),
);

function say(outcome: string): void {
  console.log(JSON.stringify({ outcome, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
