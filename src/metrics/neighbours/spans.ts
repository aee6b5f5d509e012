// Findings over time: when each began and ended. Pure.
import type { Finding } from './model.js';

export interface FindingSpan {
  /** as it was when it was last measured */
  readonly finding: Finding;
  /** ms since the epoch when it was over; absent while it lasts */
  readonly until: number | undefined;
}

/** Brings a list of spans, oldest first, to what is found now; at most `most` are kept. */
export function withFound(
  spans: readonly FindingSpan[],
  found: readonly Finding[],
  now: number,
  most: number,
): readonly FindingSpan[] {
  const lasting = new Map(found.map((finding) => [finding.key, finding]));
  const known = spans.map((span): FindingSpan => {
    if (span.until !== undefined) return span;
    const finding = lasting.get(span.finding.key);
    if (finding?.since !== span.finding.since) return { ...span, until: now };
    lasting.delete(span.finding.key);
    return { finding, until: undefined };
  });
  const begun = [...lasting.values()].map((finding): FindingSpan => ({ finding, until: undefined }));
  return begun.length === 0 ? known : [...known, ...begun].slice(-most);
}
