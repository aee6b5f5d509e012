// A reporter for node:test: failures and skips in full, passes as a count; the counts go to the file TEST_COUNTS names.
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

export default async function* report(source) {
  const counts = { passed: 0, failed: 0, skipped: 0, failedFiles: [] };
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // A suite and the wrapper that stands for a whole file are not tests; they count only where they fail by themselves.
    const wrapper = data.details?.type === 'suite' || (data.nesting === 0 && /\.cjs$/.test(data.name));
    const inner = data.details?.error?.failureType === 'subtestsFailed';
    if (type === 'test:pass') {
      if (wrapper) continue;
      if (data.skip !== undefined || data.todo !== undefined) {
        counts.skipped += 1;
        yield `  skipped: ${data.name}${typeof data.skip === 'string' && data.skip !== '' ? ` (${data.skip})` : ''}\n`;
      } else {
        counts.passed += 1;
        if (process.env.TEST_VERBOSE) yield `  ✓ ${data.name} (${data.details.duration_ms.toFixed(0)} ms)\n`;
      }
    } else if (!inner) {
      counts.failed += 1;
      if (!counts.failedFiles.includes(data.file)) counts.failedFiles.push(data.file);
      const cause = data.details?.error?.cause ?? data.details?.error;
      yield `  ✗ ${data.name}\n      ${data.file ?? ''}:${data.line ?? ''}\n${indent(inspect(cause, { depth: 4 }))}\n`;
    }
  }
  if (process.env.TEST_COUNTS) writeFileSync(process.env.TEST_COUNTS, JSON.stringify(counts));
}

function indent(text) {
  return text
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}
