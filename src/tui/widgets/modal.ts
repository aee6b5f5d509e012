// What opens over everything else: a frame in the middle, the rest of the screen dim and deaf to the mouse.
import { type Canvas, type KeyEvent, type Rect, type Span, type Target, widthOf } from '../screen/index.js';
import { type Frame, paintFrame } from './frame.js';

/** The rectangle in the middle of the screen, as large as wanted and as small as the screen demands. */
export function modalRect(canvas: Canvas, width: number, height: number): Rect {
  const w = Math.max(0, Math.min(width, canvas.width));
  const h = Math.max(0, Math.min(height, canvas.height));
  return { x: Math.floor((canvas.width - w) / 2), y: Math.floor((canvas.height - h) / 2), width: w, height: h };
}

/**
 * @param dims false where what lies behind is what is being chosen: a theme, the columns of a table
 * @returns the rectangle inside the frame, one column in from the border
 */
export function paintModal(canvas: Canvas, rect: Rect, frame: Frame, dims = true): Rect {
  if (dims) canvas.restyle(canvas.rect, () => canvas.theme.behind);
  canvas.coverRegions();
  canvas.hideCursor();
  canvas.fill(rect, canvas.theme.text);
  const inner = paintFrame(canvas, rect, frame);
  return { ...inner, x: inner.x + 1, width: Math.max(0, inner.width - 2) };
}

export interface Button {
  readonly id: string;
  readonly label: string;
}

/** A question: what will be done, in full, then the answers. The one that changes nothing comes first and has the focus. */
export interface Dialog {
  readonly title: string;
  /** One entry a line. */
  readonly body: readonly (readonly Span[])[];
  readonly buttons: readonly Button[];
  /** Index into `buttons`. */
  readonly focus: number;
}

export type DialogResult = { readonly dialog: Dialog } | { readonly pressed: string } | { readonly cancelled: true };

/** A key in a dialog: the focus moves, a button is pressed, or it is called off. */
export function reduceDialog(dialog: Dialog, event: KeyEvent): DialogResult | undefined {
  const count = dialog.buttons.length;
  const to = (focus: number): DialogResult => ({ dialog: { ...dialog, focus: (focus + count) % count } });
  switch (event.key) {
    case 'left':
    case 'shift-tab':
    case 'h':
      return to(dialog.focus - 1);
    case 'right':
    case 'tab':
    case 'l':
      return to(dialog.focus + 1);
    case 'enter':
    case 'space': {
      const button = dialog.buttons[dialog.focus];
      return button && { pressed: button.id };
    }
    case 'escape':
    case 'q':
      return { cancelled: true };
    default:
      return undefined;
  }
}

/** @param target what a click on a button means */
export function paintDialog(canvas: Canvas, dialog: Dialog, target: (button: Button) => Target): void {
  const { theme, glyphs } = canvas;
  const lineWidth = (line: readonly Span[]): number => line.reduce((sum, span) => sum + widthOf(span.text), 0);
  const buttons = dialog.buttons.reduce((sum, button) => sum + widthOf(button.label) + 6, 0);
  const width = Math.max(buttons, widthOf(dialog.title) + 6, ...dialog.body.map(lineWidth)) + 6;
  const rect = modalRect(canvas, width, dialog.body.length + 6);
  const keys = [
    { key: glyphs.enter, label: 'choose' },
    { key: glyphs.escape, label: 'cancel' },
  ];
  const inner = paintModal(canvas, rect, { titles: [{ text: dialog.title }], focused: true, keys });
  const view = canvas.within(inner);
  for (const [i, line] of dialog.body.entries()) view.spans(inner.x + 1, inner.y + 1 + i, line);
  let x = inner.x + 1;
  const y = inner.y + inner.height - 2;
  for (const [i, button] of dialog.buttons.entries()) {
    const style = i === dialog.focus ? theme.fieldFocus : theme.field;
    const cells = view.text(x, y, `  ${button.label}  `, style);
    canvas.region({ x, y, width: cells, height: 1 }, target(button));
    x += cells + 2;
  }
}
