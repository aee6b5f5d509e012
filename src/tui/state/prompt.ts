// What stands in one line: something that is typed, something that is said.

/** A line of text that is typed into a border: the filter, a search. */
export interface Prompt {
  readonly text: string;
  readonly editing: boolean;
}

export interface Notice {
  readonly kind: 'info' | 'good' | 'warning' | 'error';
  readonly text: string;
  readonly at: number;
}
