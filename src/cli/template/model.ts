// What a template is once it is read: Go's text/template, as far as Docker's --format has use for it.
// Source: https://pkg.go.dev/text/template

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'show'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'set';
      readonly name: string;
      /** := makes a variable, = gives one that there is another value */
      readonly isNew: boolean;
      readonly pipeline: Pipeline;
    }
  | Branch
  | { readonly kind: 'break' | 'continue' };

export interface Branch {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  /** $value, or $key and $value; of if and with at most one, which has the value of the pipeline */
  readonly variables: readonly string[];
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** Each command is given what the one before it made, as its last word. */
export interface Pipeline {
  readonly commands: readonly (readonly Word[])[];
  /** of the template, in characters */
  readonly at: number;
}

interface Place {
  readonly at: number;
  /** .A.B behind it */
  readonly fields: readonly string[];
}

export type Word = Place &
  (
    | { readonly kind: 'dot' }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'constant'; readonly value: unknown }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
  );

/** What is wrong with a template, or with what it is filled with. */
export class TemplateError extends Error {
  constructor(
    message: string,
    /** of the template, in characters */
    readonly at: number,
  ) {
    super(message);
  }
}
