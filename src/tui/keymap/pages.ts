// Keys of the pages that take the place of table and tabs.
import { bind, local } from './binding.js';

export const PAGE_BINDINGS = [
  bind('grid', 'tile-left', ['left'], 'left', 'The container to the left', local),
  bind('grid', 'tile-right', ['right'], 'right', 'The container to the right', local),
  bind('grid', 'zoom-tile', ['enter'], 'zoom', 'This container alone, on the whole screen', { hint: 1, local: true }),
  bind('grid', 'same-scale', ['='], 'same scale', 'One scale for all, so that heights can be compared', {
    hint: 2,
    local: true,
  }),
  bind('grid', 'own-scale', ['o'], 'own scale', 'Each graph fills its own height', { hint: 3, local: true }),
  bind('grid', 'mark', ['space'], 'pick for comparison', 'Pick or unpick this container', { hint: 4, local: true }),
  bind('grid', 'only-picked', ['f'], 'only the picked', 'Show only the picked containers, or all', {
    hint: 5,
    local: true,
  }),

  bind('neighbours', 'go-to-side', ['enter'], 'go to it', 'Go to the tabs of the container in focus', {
    hint: 1,
    local: true,
  }),
  bind('neighbours', 'quieten', ['u', 'U'], 'quieten', 'Open the limits of whoever has most of it, set to be quiet', {
    hint: 2,
    local: true,
  }),
  bind('neighbours', 'victim-side', ['left'], 'who suffers', 'The one who suffers', { hint: 3, local: true }),
  bind('neighbours', 'suspect-side', ['right'], 'who does it', 'The one who has most of it', local),

  bind('compare', 'leave-compare', ['D'], 'compare again', 'Let the pinned moment go', { hint: 1, local: true }),
] as const;
