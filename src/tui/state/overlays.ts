// What can stand above everything else and take the keys: questions, menus, forms. As data; reducers/overlay.ts changes it.
import type { Effect } from '../actions.js';
import type { CatalogueName } from './catalogue.js';
import type { Context } from '../keymap.js';
import type { Preset } from '../reducers/limit-presets.js';
import type { LimitField, LimitTexts } from '../reducers/limits.js';
import type { Form, Menu } from '../widgets/index.js';

export type Overlay =
  HelpOverlay | MenuOverlay | QuestionOverlay | FormOverlay | LimitsOverlay | TextOverlay | ColumnsOverlay;

export interface HelpOverlay {
  readonly kind: 'help';
  /** of the pane that was in focus, then wider ones */
  readonly contexts: readonly Context[];
  readonly top: number;
}

/** Everything that can be done, the columns to sort by, what can be done to the marked containers, who is to be connected to what. */
export interface MenuOverlay {
  readonly kind: 'menu';
  readonly purpose: 'palette' | 'sort' | 'catalogue-sort' | 'connection' | 'bulk' | 'theme' | 'layout';
  readonly title: string;
  readonly menu: Menu;
}

export interface Line {
  readonly text: string;
  readonly tone?: 'dim' | 'strong' | 'notice' | 'error';
}

/** Says what would be done before it is done. The first answer changes nothing and has the focus. */
export interface QuestionOverlay {
  readonly kind: 'question';
  readonly title: string;
  readonly lines: readonly Line[];
  readonly answers: readonly Answer[];
  readonly focus: number;
}
export interface Answer {
  readonly label: string;
  readonly effects: readonly Effect[];
}

/** Forms about images. */
export type ImageFormPurpose = 'pull' | 'push' | 'tag' | 'save' | 'load' | 'build';

/** Forms about networks, and about who is on them. */
export type NetworkFormPurpose = 'network' | 'connect' | 'publish';

export interface FormOverlay {
  readonly kind: 'form';
  readonly purpose:
    'run' | 'rename' | 'import' | 'export' | 'layout' | 'volume' | ImageFormPurpose | NetworkFormPurpose;
  readonly title: string;
  /** the container that is renamed, connected or published */
  readonly subject?: string;
  /** the network that it is connected to */
  readonly network?: string;
  /** the image that is named, the images that are saved, as their rows are known */
  readonly images?: readonly string[];
  readonly form: Form;
  /** what is wrong with no field in particular */
  readonly failure: string | undefined;
  /** the engine has been asked */
  readonly busy: boolean;
}

export interface LimitsOverlay {
  readonly kind: 'limits';
  /** one container, or several that are changed at once */
  readonly ids: readonly string[];
  readonly form: Form;
  /** what each field said at first: only what differs from it is changed */
  readonly initial: LimitTexts;
  /** fields in which several are not alike: they are empty at first */
  readonly differs: ReadonlySet<LimitField>;
  /** fields that are to be no limit, as against empty because several differ */
  readonly cleared: ReadonlySet<LimitField>;
  /** chosen so far; for several they are reckoned for each when they are applied */
  readonly presets: readonly Preset[];
  /** fields that this host cannot limit */
  readonly missing: ReadonlySet<LimitField>;
  readonly failure: string | undefined;
  readonly busy: boolean;
}

/** Which columns a table has: those that are shown first, in their order. */
export interface ColumnsOverlay {
  readonly kind: 'columns';
  readonly of: 'containers' | CatalogueName;
  readonly entries: readonly { readonly name: string; readonly shown: boolean }[];
  readonly selected: number;
  /** what escape brings back */
  readonly before: readonly string[];
}

/** Something to read in full: a step of the launch, a long value. */
export interface TextOverlay {
  readonly kind: 'text';
  readonly title: string;
  readonly lines: readonly Line[];
  /** what `c` copies */
  readonly copy: string;
  readonly top: number;
}
