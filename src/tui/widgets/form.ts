// A form: labels at the left, fields, what is wrong with a value beside its field. The form is data; keys make a new one.
import {
  type Canvas,
  type KeyEvent,
  type PasteEvent,
  type Rect,
  type Target,
  pad,
  truncate,
  widthOf,
  withBg,
  bgOf,
} from '../screen/index.js';
import { type LineEdit, editLine, visiblePart } from './edit.js';
import { fitPosition } from './scroll.js';

interface FieldBase {
  readonly id: string;
  readonly label: string;
  /** What is wrong, in few words; shown beside the field in place of the hint. */
  readonly error?: string;
  /** A unit or an example, shown dim beside the field. */
  readonly hint?: string;
}

export interface TextField extends FieldBase {
  readonly kind: 'text';
  readonly line: LineEdit;
  /** Cells of the field itself. */
  readonly width: number;
  /** Shown dim while the field is empty. */
  readonly placeholder?: string;
}

export interface CheckField extends FieldBase {
  readonly kind: 'check';
  readonly checked: boolean;
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly options: readonly string[];
  readonly chosen: number;
}

/** A heading between fields; it is never in focus. */
export interface Heading {
  readonly kind: 'heading';
  readonly id: string;
  readonly label: string;
}

export type Field = TextField | CheckField | ChoiceField;
export type FormRow = Field | Heading;

export interface Form {
  readonly rows: readonly FormRow[];
  /** The id of the field in focus. */
  readonly focus: string;
  /** First row that is shown, where the form is longer than its window. */
  readonly top: number;
}

const isField = (row: FormRow): row is Field => row.kind !== 'heading';

export function fieldOf(form: Form, id: string): Field | undefined {
  return form.rows.find((row): row is Field => isField(row) && row.id === id);
}

function focusBy(form: Form, step: number): Form {
  const ids = form.rows.filter(isField).map((field) => field.id);
  const at = ids.indexOf(form.focus);
  const next = ids[(at + step + ids.length) % ids.length];
  return next === undefined ? form : { ...form, focus: next };
}

/** The form with one field replaced, for example after a check found an error in it. */
export function withField(form: Form, field: Field): Form {
  return { ...form, rows: form.rows.map((row) => (row.id === field.id ? field : row)) };
}

/** @returns the form after the key, or undefined where the key is none of the form's (enter, escape, …) */
export function reduceForm(form: Form, event: KeyEvent | PasteEvent): Form | undefined {
  if (event.type === 'key') {
    if (event.key === 'tab' || event.key === 'down' || event.key === 'ctrl-n') return focusBy(form, 1);
    if (event.key === 'shift-tab' || event.key === 'up' || event.key === 'ctrl-p') return focusBy(form, -1);
  }
  const field = fieldOf(form, form.focus);
  const changed = field && reduceField(field, event);
  return changed && withField(form, changed);
}

function reduceField(field: Field, event: KeyEvent | PasteEvent): Field | undefined {
  switch (field.kind) {
    case 'text': {
      const line = editLine(field.line, event);
      return line && { ...field, line };
    }
    case 'check':
      return event.type === 'key' && event.key === 'space' ? { ...field, checked: !field.checked } : undefined;
    case 'choice': {
      const step = event.type === 'key' ? (choiceSteps[event.key] ?? 0) : 0;
      const count = field.options.length;
      return step === 0 ? undefined : { ...field, chosen: (field.chosen + step + count) % count };
    }
  }
}

const choiceSteps: Readonly<Record<string, number>> = { left: -1, right: 1, space: 1, h: -1, l: 1 };

/** Cells that labels take: the longest one and a gap. */
export function labelWidth(form: Form): number {
  return Math.max(0, ...form.rows.filter(isField).map((row) => widthOf(row.label))) + 2;
}

/** Cells that the form takes: labels, fields, and what stands beside them. */
export function formWidth(form: Form): number {
  const beside = form.rows.filter(isField).map((row) => {
    const text = row.hint ?? '';
    return cellsOf(row) + (text === '' ? 0 : 1 + widthOf(text));
  });
  return labelWidth(form) + Math.max(0, ...beside);
}

function cellsOf(field: Field): number {
  switch (field.kind) {
    case 'text':
      return field.width;
    case 'check':
      return 3;
    case 'choice':
      return 4 + Math.max(...field.options.map(widthOf));
  }
}

/** The first row to show so that the field in focus is in a window of `height` rows. */
export function formTop(form: Form, height: number): number {
  const selected = form.rows.findIndex((row) => row.id === form.focus);
  return fitPosition({ selected, top: form.top }, form.rows.length, height).top;
}

/** Paints the form; a click on a field means `target(field)`. */
export function paintForm(canvas: Canvas, rect: Rect, form: Form, target?: (field: Field) => Target): void {
  const view = canvas.within(rect);
  const { theme } = canvas;
  const labels = labelWidth(form);
  const top = formTop(form, rect.height);
  for (const [i, row] of form.rows.slice(top, top + rect.height).entries()) {
    const y = rect.y + i;
    if (row.kind === 'heading') {
      view.text(rect.x, y, row.label, theme.dim);
      continue;
    }
    const focused = row.id === form.focus;
    view.text(rect.x, y, row.label, focused ? theme.strong : theme.text);
    const x = rect.x + labels;
    const used = paintField(view, x, y, row, focused, rect.x + rect.width - x);
    const aside = row.error ?? row.hint ?? '';
    const room = rect.x + rect.width - x - used - 1;
    view.text(
      x + used + 1,
      y,
      truncate(aside, room, view.glyphs.ellipsis),
      row.error === undefined ? theme.dim : theme.error,
    );
    if (target) canvas.region({ x: rect.x, y, width: rect.width, height: 1 }, target(row));
  }
}

/** @returns the cells the field took */
function paintField(view: Canvas, x: number, y: number, field: Field, focused: boolean, room: number): number {
  const { theme, glyphs } = view;
  const style = focused ? theme.fieldFocus : theme.field;
  switch (field.kind) {
    case 'text': {
      const width = Math.max(1, Math.min(field.width, room));
      const part = visiblePart(field.line, width - 2);
      const isEmpty = field.line.text === '';
      const shown = isEmpty ? truncate(field.placeholder ?? '', width - 2, glyphs.ellipsis) : part.text;
      const faded = withBg(theme.dim, bgOf(style));
      view.text(x, y, ' ' + pad(shown, width - 1, 'left', ''), isEmpty ? faded : style, width);
      if (focused) view.showCursor(x + 1 + part.caret, y);
      return width;
    }
    case 'check':
      return view.text(x, y, field.checked ? glyphs.mark.checked : glyphs.mark.unchecked, style);
    case 'choice': {
      const text = `${glyphs.mark.left} ${field.options[field.chosen] ?? ''} ${glyphs.mark.right}`;
      return view.text(x, y, text, style);
    }
  }
}
