// Whatever is made is noted with its undoing at once, so that an error in the middle leaves nothing half-made.
export class Undo {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.push(step);
  }

  /** Undoes in reverse order. A step that fails keeps none of the others from being done; recover finds what it left. */
  async run(): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) {
      try {
        await step();
      } catch {
        // The error that made us undo is the one to tell.
      }
    }
  }
}
