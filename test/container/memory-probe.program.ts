// Loaded into a dashboard before its own program, so that a soak can tell what its memory is made of: every few seconds the parts
// are written to the file PROBE_FILE names. Where FILE.wanted appears, a snapshot of the heap is written beside it.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { writeHeapSnapshot } from 'node:v8';

const EVERY_MS = 2000;
const path = process.env['PROBE_FILE'];

function parts(): Record<string, number> {
  const { heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage();
  const KiB = { heapUsed, heapTotal, external, arrayBuffers };
  const figures: Record<string, number> = {};
  for (const [name, bytes] of Object.entries(KiB)) figures[`${name}KiB`] = Math.round(bytes / 1024);
  for (const resource of process.getActiveResourcesInfo()) figures[resource] = (figures[resource] ?? 0) + 1;
  return figures;
}

if (path !== undefined) {
  setInterval(() => {
    writeFileSync(`${path}.new`, JSON.stringify(parts()));
    renameSync(`${path}.new`, path);
    if (!existsSync(`${path}.wanted`)) return;
    rmSync(`${path}.wanted`);
    writeHeapSnapshot(`${path}.heapsnapshot`);
  }, EVERY_MS).unref();
}
