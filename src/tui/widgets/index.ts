// Things to look at and to write into, made of cells. A widget is plain: state in, cells out, and for those that take keys a
// pure function from state and key to state. Nothing in here knows what a container is.
//
// Tests: test/pure/tui-screen.
export { type Frame, type KeyHint, type Title, fittingKeys, paintFrame, paintKeyHint } from './frame.js';
export { LIST_START, type ListPosition, fitPosition, moveByKey, moveByWheel, stepOf } from './scroll.js';
export {
  type CellContent,
  type Column,
  type PlacedColumn,
  type Table,
  paintTable,
  placeColumns,
  visibleRows,
} from './table.js';
export {
  type Direction,
  type Graph,
  type Mirrored,
  graphCapacity,
  mirrorsInOneRow,
  paintGraph,
  paintGraphRow,
  paintMirrored,
  peakOf,
} from './graph.js';
export { paintMeter } from './meter.js';
export { paintProgress, paintSizes } from './bar.js';
export { type LineChart, type LineSeries, loadLineChart, paintLineChart } from './contrib-line.js';
export { MIRRORED_LEAST_ROWS, type MirroredChart, paintMirroredChart } from './mirrored-chart.js';
export { EMPTY_LINE, type LineEdit, editLine, lineOf, visiblePart } from './edit.js';
export {
  type CheckField,
  type ChoiceField,
  type Field,
  type Form,
  type FormRow,
  type Heading,
  type TextField,
  fieldOf,
  formWidth,
  labelWidth,
  paintForm,
  reduceForm,
  withField,
} from './form.js';
export {
  type Button,
  type Dialog,
  type DialogResult,
  modalRect,
  paintDialog,
  paintModal,
  reduceDialog,
} from './modal.js';
export {
  type FoundItem,
  type Menu,
  type MenuItem,
  foundItems,
  openMenu,
  paintMenu,
  reduceMenu,
  selectedItem,
} from './menu.js';
export {
  type Lines,
  type Size,
  VIEWER_START,
  type Viewer,
  paintViewer,
  reduceViewer,
  scrollViewer,
  settleViewer,
  showLine,
} from './viewer.js';
export { type HelpRow, type HelpSection, helpHeight, paintHelp } from './help.js';
export { type Notice, paintNotice } from './notice.js';
