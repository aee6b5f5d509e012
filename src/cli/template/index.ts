// --format and -f: templates in Go's text/template, read once and filled with each thing that is printed.
import { TscontainError } from '../../engine/index.js';
import { fillTemplate, type Filling } from './fill.js';
import { TemplateError, type Node } from './model.js';
import { parseTemplate } from './parse.js';

export type Template = (value: unknown) => string;

/** @throws TscontainError INVALID_VALUE, as the function does that it returns, with the column where something is wrong */
export function readTemplate(template: string, filling: Filling): Template {
  const nodes = explained(template, () => parseTemplate(template));
  return (value) => explained(template, () => fillTemplate(nodes, value, filling));
}

/** Whether a template is filled with anything at all. */
export function hasActions(template: string): boolean {
  return explained(template, () => parseTemplate(template)).some(({ kind }: Node) => kind !== 'text');
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
