// What is in front: the page, the tab, the panes side by side, and the shells that tabs can be.
import type { FixedTab } from '../columns.js';
import type { CatalogueName } from './catalogue.js';

/** A fixed tab of the selected container, or `shell:N`. */
export type TabId = FixedTab | `shell:${number}`;
export type Page = 'overview' | 'grid' | 'neighbours' | 'compare' | 'events' | CatalogueName;

export interface ViewSlice {
  readonly page: Page;
  readonly focus: 'table' | 'tabs';
  readonly tab: TabId;
  /** the pane in focus has the whole screen; on a narrow screen this is how the tabs are opened */
  readonly zoomed: boolean;
  /** % of the height that the table has; undefined is what its rows need */
  readonly tableShare: number | undefined;
}

/** Tabs that are shown at once, while one of them is in front. */
export interface SplitSlice {
  /** the left or upper first; fewer than two are no split */
  readonly panes: readonly TabId[];
  readonly direction: 'side' | 'below';
  /** of the room, in the order of `panes`; together 1 */
  readonly shares: readonly number[];
  /** the one in focus has all the room */
  readonly alone: boolean;
}

export interface Shell {
  readonly number: number;
  readonly containerId: string;
  readonly containerName: string;
  readonly kind: 'shell' | 'attach';
  readonly status: 'opening' | 'open' | 'ended';
  /** whether it can be typed into */
  readonly input: boolean;
  /** what the program calls itself, or the shell's name */
  readonly title: string;
  /** how it ended */
  readonly message: string | undefined;
  readonly bell: boolean;
  /** chosen to be typed into together with others, or shown beside them */
  readonly marked: boolean;
}

export interface ShellsSlice {
  readonly list: readonly Shell[];
  readonly nextNumber: number;
  /** whether keys go to the shell in front (while its tab has the focus) or, after ctrl-], to the dashboard */
  readonly captured: boolean;
  /** numbers of the shells that all get what is typed into one of them; empty while typing goes to one */
  readonly broadcast: readonly number[];
}
