// What is wrong with a spec, each fault beside its field: gathered, instead of stopping at the first. Pure.
import { TscontainError, type Problem } from './errors.js';

export class Problems {
  readonly found: Problem[] = [];

  add(field: string, message: string): void {
    this.found.push({ field, message });
  }

  /** What `judge` returns; where it throws, `instead`, and the problem is noted. */
  try<T>(field: string, instead: T, judge: () => T): T {
    try {
      return judge();
    } catch (error) {
      if (!(error instanceof TscontainError)) throw error;
      this.add(field, error.message);
      return instead;
    }
  }

  each<T>(field: string, items: readonly T[], judge: (item: T) => T): T[] {
    return items.map((item, index) => this.try(`${field}[${index}]`, item, () => judge(item)));
  }
}
