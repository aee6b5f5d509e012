// The config file: its schema, reading it, writing it back, and where it lies. schema.ts is what everything else is made from.
export { configText, configurationMarkdown } from './describe.js';
export { controlByte } from './key-names.js';
export { configPath, loadConfig, saveConfig, type LoadedConfig } from './file.js';
export {
  COLOUR_NAMES,
  CONFIRMATIONS,
  DEFAULT_LAYOUT,
  DEFAULT_SETTINGS,
  type Confirmation,
  type SavedLayout,
  type Settings,
} from './schema.js';
