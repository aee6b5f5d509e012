// The keymap is the one source of keys: nothing in it may contradict itself, and every hint it gives must be true.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindingFor, bindingsIn, DEFAULT_KEYMAP, paletteBindings } from '../../../src/tui/keymap/bound-keys.js';
import { BINDINGS, contextsOf, CONTEXTS, type Binding } from '../../../src/tui/keymap.js';
import { hintsOf } from '../../../src/tui/panels/hints.js';
import { helpSections, keysMarkdown, keyName } from '../../../src/tui/present/keys.js';
import { glyphsFor } from '../../../src/tui/screen/index.js';
import { Desk } from '../../support/desk.js';

const bindings: readonly Binding[] = BINDINGS;
const glyphs = glyphsFor(false);

describe('the table of keys', () => {
  it('gives a key one meaning in each context', () => {
    const seen = new Map<string, string>();
    for (const { in: context, keys, command } of bindings) {
      for (const key of keys) {
        assert.equal(
          seen.get(`${context} ${key}`),
          undefined,
          `${key} in ${context} is bound to ${command} and to another`,
        );
        seen.set(`${context} ${key}`, command);
      }
    }
  });

  it('leaves ctrl-p,ctrl-q to the shell: the way out of one is ctrl-]', () => {
    const inShell = bindings.filter((binding) => binding.in === 'typing').flatMap(({ keys }) => keys);
    assert.ok(inShell.includes('ctrl-]'));
    assert.ok(
      inShell.every((key) => key === 'ctrl-]' || key.startsWith('alt-')),
      inShell.join(' '),
    );
  });

  it('never removes or kills by a key of moving', () => {
    for (const command of ['remove', 'kill', 'prune', 'remove-image', 'prune-images']) {
      const keys = bindings.filter((binding) => binding.command === command).flatMap((binding) => binding.keys);
      assert.ok(!keys.some((key) => ['ctrl-d', 'ctrl-u', 'j', 'k', 'enter', 'space'].includes(key)), command);
    }
  });

  it('explains each command in a sentence', () => {
    for (const { help, command } of bindings) assert.ok(help.length > 5 && !help.endsWith('.'), command);
  });

  it('is written out in full in the docs page', () => {
    const page = keysMarkdown(glyphs);
    for (const context of Object.values(CONTEXTS)) {
      if (bindings.some((binding) => CONTEXTS[binding.in] === context))
        assert.ok(page.includes(`## ${context}\n`), context);
    }
    for (const { help } of bindings) assert.ok(page.includes(help), help);
  });

  it('offers in the palette nothing twice, and nothing that only moves', () => {
    const commands = paletteBindings(DEFAULT_KEYMAP).map(({ command }) => command);
    assert.equal(new Set(commands).size, commands.length);
    assert.ok(commands.includes('prune'), 'commands without a key are there');
    assert.ok(!commands.includes('up'));
  });
});

describe('hints and help', () => {
  it('name only keys that do here what they say', async () => {
    const desk = await Desk.open();
    for (const keys of [
      [],
      ['2'],
      ['l'],
      ['4'],
      ['i'],
      ['6'],
      ['m'],
      ['v'],
      ['I'],
      ['I', '2'],
      ['I', '3'],
      ['I', '4'],
      ['I', '5'],
      ['escape', '1', 'e'],
      ['ctrl-]'],
    ]) {
      await desk.type('escape', 'escape', ...keys);
      const contexts = contextsOf(desk.state);
      for (const { key, target } of hintsOf(desk.state, glyphs)) {
        if (key.startsWith('alt-')) continue;
        const binding = bindingsIn(contexts, desk.state.keymap).find(({ command }) => command === target?.id);
        if (key === 'ctrl-] z') continue;
        assert.ok(binding, `${key} (${target?.id ?? ''}) is hinted in ${contexts[0]!}`);
        const isNamed = binding.keys.some((name) => key.includes(keyName(name, glyphs).replace('alt-1', 'alt-')));
        assert.ok(isNamed, `${key} is no key of ${binding.command}`);
      }
    }
    desk.close();
  });

  it('begin with the pane in focus and leave out what it covers', () => {
    const sections = helpSections(['logs', 'container', 'global'], glyphs, DEFAULT_KEYMAP);
    assert.equal(sections[0]?.title, CONTEXTS.logs);
    const container = sections.find(({ title }) => title === CONTEXTS.container);
    // In the logs t shows times; stopping has S still.
    assert.equal(bindingFor('t', ['logs', 'container', 'global'], DEFAULT_KEYMAP)?.command, 'timestamps');
    assert.ok(container?.rows.some(({ text }) => text.startsWith('Stop it')));
  });
});

describe('a key that does nothing', () => {
  it('says so', async () => {
    const desk = await Desk.open();
    await desk.type('X');
    assert.match(desk.notice, /X does nothing here/);
    desk.close();
  });

  it('says so in every pane, and never throws', async () => {
    const desk = await Desk.open();
    for (const pane of ['1', '2', '3', '4', '5', '6', 'm', 'v', 'I']) {
      await desk.type('escape', 'escape', pane, 'Q');
      assert.match(desk.notice, /Q does nothing here/, pane);
    }
    desk.close();
  });
});
