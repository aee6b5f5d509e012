// What the mouse does: borders that are dragged, text that is selected, clicks and the wheel; inside a shell that has the keys
// it is the shell's own.
import type { Action } from './actions.js';
import { typingIn, type Effects } from './effects.js';
import { plural } from './present/units.js';
import {
  extended,
  paintCellSelection,
  selectedText,
  truncate,
  type Canvas,
  type CellSelection,
  type Hit,
  type MouseEvent,
  type Rect,
} from './screen/index.js';
import type { State } from './state.js';

/** Two presses on one place within this are a double click, ms. */
const DOUBLE_CLICK_MS = 400;
const WHEEL_LINES = 3;

export interface PointerPorts {
  readonly clock: { now(): number };
  readonly dispatch: (action: Action) => void;
  readonly state: () => State;
  /** the frame that is on the screen */
  readonly canvas: () => Canvas | undefined;
  readonly shells: () => Effects['shells'] | undefined;
  /** @returns whether it was taken to the clipboard */
  readonly copy: (text: string) => boolean;
  readonly invalidate: () => void;
}

export class Pointer {
  /** Where a press inside a shell began, until the button is let go. */
  private dragIn: { readonly number: number; readonly rect: Rect } | undefined;
  /** The border that is being dragged. */
  private border: 'table' | number | undefined;
  /** Text that is being selected, or was selected last: a key or a press forgets it. */
  private selection: CellSelection | undefined;
  private isSelecting = false;
  private lastPress = { at: -Infinity, x: -1, y: -1 };

  constructor(private readonly ports: PointerPorts) {}

  on(event: MouseEvent, hit: Hit | undefined): void {
    if (this.dragBorder(event, hit) || this.mouseToShell(event, hit)) return;
    this.selectText(event);
    const { dispatch, clock } = this.ports;
    if (event.action === 'wheel-up' || event.action === 'wheel-down') {
      const lines = event.action === 'wheel-up' ? -WHEEL_LINES : WHEEL_LINES;
      dispatch({ type: 'wheel', spot: hit?.target, lines });
      return;
    }
    if (event.action !== 'press' || event.button !== 'left' || !hit) return;
    const now = clock.now();
    const { at, x, y } = this.lastPress;
    const double = now - at < DOUBLE_CLICK_MS && x === event.x && y === event.y;
    this.lastPress = { at: double ? -Infinity : now, x: event.x, y: event.y };
    dispatch({ type: 'click', spot: hit.target, double });
  }

  paint(canvas: Canvas): void {
    if (this.selection && (this.isSelecting || this.selection.head !== this.selection.anchor))
      paintCellSelection(canvas, this.selection);
  }

  forgetSelection(): void {
    if (this.isSelecting || this.selection) this.ports.invalidate();
    this.selection = undefined;
    this.isSelecting = false;
  }

  /** Text that the mouse is drawn over with the button held is selected, and copied when the button is let go, as in a shell. */
  private selectText({ action, button, x, y }: MouseEvent): void {
    const canvas = this.ports.canvas();
    if (action === 'press') {
      this.forgetSelection();
      const rect = button === 'left' ? canvas?.regionOf('text', x, y) : undefined;
      const at = { x, y };
      this.selection = rect && { rect, anchor: at, head: at };
      return;
    }
    if (action.startsWith('wheel')) this.forgetSelection();
    const { selection } = this;
    if (!selection || (action !== 'drag' && !(action === 'release' && this.isSelecting))) return;
    if (action === 'drag') {
      // What is read holds still.
      const { view, logs } = this.ports.state();
      if (!this.isSelecting && view.tab === 'logs' && logs.viewer.follow)
        this.ports.dispatch({ type: 'command', command: 'follow' });
      this.isSelecting = true;
      this.selection = extended(selection, x, y);
      this.ports.invalidate();
      return;
    }
    this.isSelecting = false;
    const text = canvas === undefined ? '' : selectedText(canvas, selection);
    if (text.trim() !== '') this.copySelected(text);
  }

  private copySelected(text: string): void {
    if (!this.ports.copy(text)) return;
    const lines = text.split('\n').length;
    const what = lines > 1 ? plural(lines, 'line') : `“${truncate(text.trim(), 40)}”`;
    this.ports.dispatch({ type: 'notice', kind: 'info', text: `Copied ${what}.` });
  }

  /** A border that was pressed follows the mouse until the button is let go. */
  private dragBorder(event: MouseEvent, hit: Hit | undefined): boolean {
    if (event.action === 'press' && event.button === 'left' && hit?.target.kind === 'border')
      this.border = hit.target.id === 'table' ? 'table' : hit.target.index;
    const { border } = this;
    if (border === undefined) return false;
    if (event.action === 'drag') this.ports.dispatch({ type: 'drag', border, x: event.x, y: event.y });
    if (event.action === 'release') this.border = undefined;
    return true;
  }

  /**
   * Inside a shell that has the keys the mouse is its own too, and what began there by a press ends there. The wheel looks
   * back in it whoever has the keys.
   *
   * @returns whether it was the shell's
   */
  private mouseToShell(event: MouseEvent, hit: Hit | undefined): boolean {
    const inside = hit?.target.kind === 'terminal' ? hit : undefined;
    const isWheel = event.action === 'wheel-up' || event.action === 'wheel-down';
    const typing = typingIn(this.ports.state());
    // Of several shells side by side only the one with the keys gets the mouse; a press in another gives it the keys.
    const under = inside && (isWheel || inside.target.index === typing) ? inside : undefined;
    const begun = this.dragIn;
    if (event.action === 'release') this.dragIn = undefined;
    const place = begun ?? (under && { number: under.target.index!, rect: under.rect });
    if (place === undefined || (!isWheel && place.number !== typing)) return false;
    if (event.action === 'press') this.dragIn = place;
    const { number, rect } = place;
    const selected = this.ports.shells()?.mouse(number, event, event.x - rect.x, event.y - rect.y);
    if (selected !== undefined) this.copySelected(selected);
    return true;
  }
}
