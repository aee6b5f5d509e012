// The page of images.
import { refuse, step, type Effect } from '../actions.js';
import { showPage } from './view.js';
import { ask } from './verbs.js';
import type { Handler } from './handler.js';

const LIST: Effect = { type: 'list-images' };

export const imageCommands = {
  images: (state) =>
    state.view.page === 'images' ? step(showPage(state, 'overview')) : step(showPage(state, 'images'), LIST),
  'remove-image': (state) => {
    const image = state.images.list?.[state.images.position.selected];
    if (!image) return refuse(state, 'There is no image to remove.');
    const users = state.containers.list.filter(({ config }) => config.image.id === image.id);
    if (users.length > 0) {
      const names = users.slice(0, 3).map(({ config }) => config.name);
      return refuse(
        state,
        `${image.name} is used by ${names.join(', ')}${users.length > 3 ? ' and others' : ''}: remove those first.`,
      );
    }
    return ask(state, `remove the image ${image.name}?`, [{ text: 'Its files go for good.' }], {
      label: 'Remove',
      effects: [{ type: 'remove-image', name: image.name }],
    });
  },
} satisfies Record<string, Handler>;
