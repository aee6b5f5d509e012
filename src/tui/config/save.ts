// Settings written back into a config file: only what differs from it is changed, and its comments and its order stay.
import { isMap, isScalar, parseDocument } from 'yaml';
import { DEFAULT_SETTINGS, SETTING_NAMES, type SettingName, type Settings } from './schema.js';

/** A setting as plain data, as it stands in the file. */
function plain(name: SettingName, settings: Settings): unknown {
  switch (name) {
    case 'layouts':
      return Object.fromEntries([...settings.layouts].map(([title, layout]) => [title, { ...layout }]));
    case 'keys': {
      const result: Record<string, Record<string, readonly string[]>> = {};
      for (const [place, keys] of settings.keys) {
        const [context = '', command = ''] = place.split(' ');
        (result[context] ??= {})[command] = keys;
      }
      return result;
    }
    case 'colours':
      return /^\d+$/.test(settings.colours) ? Number(settings.colours) : settings.colours;
    case 'columns':
      return [...settings.columns];
    case 'confirm':
      return { ...settings.confirm };
    default:
      return settings[name];
  }
}

const isSame = (name: SettingName, a: Settings, b: Settings): boolean =>
  JSON.stringify(plain(name, a)) === JSON.stringify(plain(name, b));

/**
 * The text of the file with `settings` in place of what it set.
 *
 * @param before what the file sets now: what is the same in both is not touched
 * @returns undefined where the file is broken: that is a person's to mend, and nothing of it may get lost
 */
export function savedText(text: string, before: Settings, settings: Settings): string | undefined {
  const changed = SETTING_NAMES.filter((name) => !isSame(name, before, settings));
  if (changed.length === 0) return text;
  const document = parseDocument(text, { merge: false });
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) return undefined;
  for (const name of changed) {
    const isUsual = isSame(name, DEFAULT_SETTINGS, settings) && !document.has(name);
    if (isUsual) continue;
    const node = document.createNode(plain(name, settings), { flow: name === 'columns' });
    const old = document.get(name, true);
    // A remark at the end of the line belongs to the setting, not to its value.
    if (isScalar(old) && isScalar(node)) node.comment = old.comment ?? null;
    document.set(name, node);
  }
  return document.toString({ lineWidth: 120 });
}
