// What stands above everything: help, menus, questions, forms, things to read.
import type {
  FormOverlay,
  HelpOverlay,
  Line,
  MenuOverlay,
  Overlay,
  QuestionOverlay,
  TextOverlay,
} from '../state/overlays.js';
import { helpSections, keyName } from '../present/keys.js';
import { nameRemark } from '../reducers/image-forms.js';
import { networkRemark } from '../reducers/network-forms.js';
import { helpRows, helpWidth, overlayRows } from '../reducers/overlay.js';
import { truncate, widthOf, wrap, type Attr, type Canvas, type Rect } from '../screen/index.js';
import type { Sources } from '../sources.js';
import type { State } from '../state.js';
import {
  fieldOf,
  formWidth,
  foundItems,
  helpHeight,
  modalRect,
  paintDialog,
  paintForm,
  paintHelp,
  paintMenu,
  paintModal,
  selectedItem,
  type KeyHint,
} from '../widgets/index.js';
import { paintColumns } from './columns-dialog.js';
import { printedKey } from './hints.js';
import { paintLimits } from './limits-dialog.js';

export function paintOverlay(canvas: Canvas, state: State, sources: Sources, overlay: Overlay): void {
  switch (overlay.kind) {
    case 'help': {
      paintHelpOverlay(canvas, state, overlay);
      return;
    }
    case 'menu': {
      paintMenuOverlay(canvas, state, overlay);
      return;
    }
    case 'question': {
      paintQuestion(canvas, overlay);
      return;
    }
    case 'form': {
      paintFormOverlay(canvas, state, overlay);
      return;
    }
    case 'text': {
      paintText(canvas, state, overlay);
      return;
    }
    case 'columns': {
      paintColumns(canvas, overlay);
      return;
    }
    case 'limits': {
      paintLimits(canvas, state, sources, overlay);
      return;
    }
  }
}

const toneAttr = (canvas: Canvas, tone: Line['tone']): Attr =>
  tone === undefined ? canvas.theme.text : canvas.theme[tone];

const closes = (canvas: Canvas): KeyHint => ({ key: canvas.glyphs.escape, label: 'close' });

function paintHelpOverlay(canvas: Canvas, state: State, overlay: HelpOverlay): void {
  const sections = helpSections(overlay.contexts, canvas.glyphs, state.keymap);
  const width = helpWidth(state);
  const height = Math.min(helpRows(state), helpHeight(sections, width));
  const rect = modalRect(canvas, width + 4, height + 2);
  const scrolls = helpHeight(sections, width) > height;
  const keys = [
    ...(scrolls ? [{ key: ['up', 'down'].map((key) => keyName(key, canvas.glyphs)).join(' '), label: 'more' }] : []),
    { key: printedKey('palette', state, canvas.glyphs), label: 'palette: search everything' },
    closes(canvas),
  ];
  const inner = paintModal(canvas, rect, { titles: [{ text: 'keys' }], focused: true, keys });
  paintHelp(canvas, inner, sections, overlay.top);
}

function paintMenuOverlay(canvas: Canvas, state: State, { menu, title, purpose }: MenuOverlay): void {
  const most = overlayRows(state);
  const searched = menu.query !== undefined;
  const widest = (part: 'label' | 'detail' | 'key'): number =>
    Math.max(0, ...menu.items.map((item) => widthOf(item[part] ?? '')));
  const longest = widest('label') + 2 + widest('detail') + 2 + widest('key');
  const width = Math.min(canvas.width - 4, searched ? 96 : Math.max(longest, widthOf(title) + 6, 24));
  // A palette keeps its height while one types, or the eye has to look for it again.
  const rows = Math.min(most, searched ? menu.items.length : foundItems(menu).length);
  const rect = modalRect(canvas, width + 4, rows + 2 + (searched ? 2 : 0));
  const keys = [
    { key: canvas.glyphs.enter, label: purpose === 'palette' ? 'do it' : 'choose' },
    ...(purpose === 'sort' || purpose === 'catalogue-sort' ? [{ key: 'r', label: 'reverse' }] : []),
    closes(canvas),
  ];
  const isLook = selectedItem(menu)?.id.startsWith('theme:') ?? false;
  const inner = paintModal(canvas, rect, { titles: [{ text: title }], focused: true, keys }, !isLook);
  paintMenu(canvas, inner, menu, ({ id }) => ({ kind: 'item', id }));
}

/** Wider lines are hard to read. */
const QUESTION_CELLS = 76;

function paintQuestion(canvas: Canvas, overlay: QuestionOverlay): void {
  const width = Math.min(QUESTION_CELLS, canvas.width - 10);
  const body = overlay.lines.flatMap(({ text, tone }) =>
    wrap(text, width).map((line) => [{ text: line, attr: toneAttr(canvas, tone) }]),
  );
  const buttons = overlay.answers.map(({ label }, i) => ({ id: String(i), label }));
  const dialog = { title: truncate(overlay.title, width), body, buttons, focus: overlay.focus };
  paintDialog(canvas, dialog, ({ id }) => ({ kind: 'answer', index: Number(id) }));
}

/** Beside many fields there has to be room for what is wrong with them; one that asks for a name is no wider than that. */
const FORM_CELLS = { least: 60, most: 98 } as const;
const FEW_FIELDS = 3;

function paintFormOverlay(canvas: Canvas, state: State, overlay: FormOverlay): void {
  const { form, title, failure, busy } = overlay;
  // Beside its field there may be room for half of the sentence only.
  const wrong = failure ?? fieldOf(form, form.focus)?.error;
  const few = Math.max(FORM_CELLS.least, formWidth(form) + 4, widthOf(failure ?? '') + 4);
  const wanted = form.rows.length > FEW_FIELDS ? FORM_CELLS.most : few;
  const width = Math.min(wanted, FORM_CELLS.most, canvas.width);
  const height = Math.min(form.rows.length, canvas.height - 7);
  const rect = modalRect(canvas, width, height + 5);
  const keys = [
    { key: canvas.glyphs.enter, label: 'do it' },
    { key: 'Tab', label: 'next field' },
    { key: canvas.glyphs.escape, label: 'cancel' },
  ];
  const inner = paintModal(canvas, rect, { titles: [{ text: title }], focused: true, keys });
  const fields: Rect = { ...inner, y: inner.y + 1, height };
  paintForm(canvas, fields, form, ({ id }) => ({ kind: 'field', id }));
  const below = inner.y + inner.height - 1;
  const remark = remarkOn(state, overlay);
  if (busy) canvas.text(inner.x, below, 'A moment …', canvas.theme.dim);
  else if (wrong !== undefined)
    canvas.text(inner.x, below, truncate(wrong, inner.width, canvas.glyphs.ellipsis), canvas.theme.error);
  else if (remark !== undefined) {
    const attr = remark.isWrong ? canvas.theme.notice : canvas.theme.dim;
    canvas.text(inner.x, below, truncate(remark.text, inner.width, canvas.glyphs.ellipsis), attr);
  }
}

/** What is being typed means: the line below the fields. */
function remarkOn(state: State, { purpose, form, subject, network }: FormOverlay): ReturnType<typeof nameRemark> {
  const about = {
    container: state.containers.byId.get(subject ?? ''),
    network: state.networks.list?.find((row) => row.network.id === network),
  };
  return nameRemark(purpose, form) ?? networkRemark(purpose, form, about);
}

function paintText(canvas: Canvas, state: State, { title, lines, top }: TextOverlay): void {
  const width = Math.min(100, canvas.width - 4);
  const rows = lines.flatMap(({ text, tone }) => wrap(text, width - 4).map((line) => ({ line, tone })));
  const height = Math.min(overlayRows(state), rows.length);
  const rect = modalRect(canvas, width, height + 2);
  const keys = [{ key: 'c', label: 'copy' }, closes(canvas)];
  const inner = paintModal(canvas, rect, { titles: [{ text: truncate(title, width - 8) }], focused: true, keys });
  canvas.region(inner, { kind: 'text' });
  rows
    .slice(top, top + inner.height)
    .forEach(({ line, tone }, i) => canvas.text(inner.x, inner.y + i, line, toneAttr(canvas, tone), inner.width));
}
