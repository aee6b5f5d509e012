// Below the map: who talks to whom now, as many lines as there is room for.
import { plural } from '../../present/units.js';
import { pad, truncate, widthOf, type Canvas, type Rect } from '../../screen/index.js';
import type { State } from '../../state.js';

/** A longer name is cut. */
const NAME_CELLS = 20;
/** "tcp 65535" */
const PORT_CELLS = 9;

export function paintTalks(canvas: Canvas, rect: Rect, { networks: { talks } }: State): void {
  const { theme, glyphs } = canvas;
  const view = canvas.within(rect);
  if (rect.height < 2) return;
  const say = (y: number, text: string): void => {
    view.text(rect.x, y, truncate(text, rect.width, glyphs.ellipsis), theme.dim);
  };
  if (talks === undefined) {
    say(rect.y, 'Looking who talks to whom …');
    return;
  }
  if (talks.length === 0) {
    say(rect.y, 'Nobody talks to anybody now.');
    return;
  }
  say(rect.y, 'WHO TALKS TO WHOM NOW');
  const widest = (names: readonly string[]): number => Math.min(NAME_CELLS, Math.max(...names.map(widthOf)));
  const from = widest(talks.map((talk) => talk.from));
  const to = widest(talks.map((talk) => talk.to));
  const over = widest(talks.map(({ network }) => network));
  const room = rect.height - 1;
  const shown = talks.length > room ? talks.slice(0, room - 1) : talks;
  const { horizontal } = glyphs.box;
  const line = theme.resource.net[0];
  shown.forEach((talk, i) => {
    const fit = (text: string, cells: number): string => pad(text, cells, 'left', glyphs.ellipsis);
    const port = pad(`${talk.protocol} ${talk.port}`, PORT_CELLS, 'left', glyphs.ellipsis).trimEnd();
    const rest = horizontal.repeat(PORT_CELLS - widthOf(port) + 1);
    view.spans(
      rect.x,
      rect.y + 1 + i,
      [
        { text: `${fit(talk.from, from)} `, attr: theme.text },
        { text: horizontal.repeat(2), attr: line },
        { text: ` ${port} `, attr: theme.dim },
        { text: `${rest}${glyphs.mark.closed} `, attr: line },
        { text: fit(talk.to, to), attr: theme.text },
        {
          text: `   ${talk.network === '' ? ' '.repeat(over + 5) : `over ${fit(talk.network, over)}`}`,
          attr: theme.dim,
        },
        { text: `   ${plural(talk.count, 'connection')}`, attr: theme.dim },
      ],
      rect.width,
    );
  });
  if (shown.length < talks.length) say(rect.y + rect.height - 1, `and ${talks.length - shown.length} more`);
}
