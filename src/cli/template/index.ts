// --format and -f: templates in Go's text/template, read once and filled with each thing that is printed.
import { TscontainError } from '../../engine/index.js';
import { fillTemplate, type Filling } from './fill.js';
import { TemplateError } from './model.js';
import { parseTemplate } from './parse.js';

export interface Template {
  /** whether it is filled with anything at all */
  readonly hasActions: boolean;
  /** @throws TscontainError INVALID_VALUE */
  readonly fill: (value: unknown) => string;
}

/** @throws TscontainError INVALID_VALUE with the column where something is wrong */
export function readTemplate(template: string, filling: Filling): Template {
  const nodes = explained(template, () => parseTemplate(template));
  return {
    hasActions: nodes.some(({ kind }) => kind !== 'text'),
    fill: (value) => explained(template, () => fillTemplate(nodes, value, filling)),
  };
}

function explained<T>(template: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TscontainError(
      'INVALID_VALUE',
      `--format ${JSON.stringify(template)}, column ${error.at + 1}: ${error.message}`,
      {
        hint: 'give a template of Go such as {{.ID}} or {{range .List}}{{.}} {{end}}, or json',
      },
    );
  }
}
