// Sentences about what happens, said politely: gathered for a moment, the same said once, never more than a few at a time, and
// what is left out is told as a number. Who listens to a screen reader cannot skim.

export interface AnnouncerOptions {
  readonly say: (line: string) => void;
  /** Calls back after so many ms; handed in so that tests need not wait. */
  readonly after?: (ms: number, then: () => void) => void;
}

/** Sentences are gathered for this long, ms. */
export const GATHER_MS = 1000;
/** Of more than this only a number is said… */
const MAX_LINES = 5;
/** …and the next are said no sooner than this after, ms. */
export const REST_MS = 5000;

export class Announcer {
  /** false: nothing is said, and nothing is kept to be said later */
  isOn = true;
  private readonly waiting = new Map<string, number>();
  private isDue = false;
  private readonly say: (line: string) => void;
  private readonly after: (ms: number, then: () => void) => void;

  constructor({ say, after }: AnnouncerOptions) {
    this.say = say;
    this.after = after ?? ((ms, then) => void setTimeout(then, ms).unref());
  }

  /** A sentence to be said soon. */
  announce(sentence: string): void {
    if (!this.isOn) return;
    this.waiting.set(sentence, (this.waiting.get(sentence) ?? 0) + 1);
    this.wait(GATHER_MS);
  }

  /** What waits is said now: at the end. */
  flush(): void {
    const sentences = [...this.waiting].map(([sentence, times]) =>
      times > 1 ? `${sentence} (${times} times)` : sentence,
    );
    this.waiting.clear();
    if (sentences.length <= MAX_LINES) {
      for (const sentence of sentences) this.say(sentence);
      return;
    }
    const said = MAX_LINES - 1;
    for (const sentence of sentences.slice(0, said)) this.say(sentence);
    this.say(`And ${sentences.length - said} more: type events to hear them.`);
  }

  private wait(ms: number): void {
    if (this.isDue) return;
    this.isDue = true;
    this.after(ms, () => {
      this.isDue = false;
      const wasMany = this.waiting.size > MAX_LINES;
      this.flush();
      if (!wasMany) return;
      // A storm: what comes next waits for longer.
      this.isDue = true;
      this.after(REST_MS, () => {
        this.isDue = false;
        if (this.waiting.size > 0) this.wait(0);
      });
    });
  }
}
