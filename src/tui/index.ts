// The dashboard: state in, cells out. app.ts has the loop; state, actions, reduce and keymap are its pure core, effects.ts is
// all that touches engine, sampler and shells, panels/ and present/ make cells of the state, widgets/ and screen/ know nothing
// of containers, terminal/ is what shell tabs are made of. Tests: test/pure/tui, test/screen.
export { removeDemo } from './effects/demo.js';
export { runDashboard, type DashboardOptions } from './app.js';
export { runPlain, type PlainOptions } from './plain/session.js';
export { COLOUR_NAMES, configPath, configText, configurationMarkdown, loadConfig } from './config/index.js';
export { BINDINGS, CONTEXTS } from './keymap.js';
export { keysMarkdown } from './present/keys.js';
export { GLYPH_SETS, THEME_NAMES, glyphsFor } from './screen/index.js';
