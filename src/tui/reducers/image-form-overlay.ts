// A form about images was filled in: what is wrong is said beside its field, the rest begins.
import { step, type Step } from '../actions.js';
import { keyOf } from '../images/sharing.js';
import type { FormOverlay, ImageFormPurpose } from '../state/overlays.js';
import type { State } from '../state.js';
import { jobRequest, tagRequest } from './image-forms.js';
import { beginJob } from './jobs.js';
import { withProblems } from './run-form.js';

const PURPOSES: ReadonlySet<string> = new Set<ImageFormPurpose>(['pull', 'push', 'tag', 'save', 'load', 'build']);

export const isImageForm = (purpose: FormOverlay['purpose']): purpose is ImageFormPurpose => PURPOSES.has(purpose);

export function imageJob(state: State, overlay: FormOverlay, purpose: ImageFormPurpose): Step {
  const { form, images = [] } = overlay;
  const wrong = (problems: ReadonlyMap<string, string>): Step =>
    step({ ...state, overlay: { ...overlay, form: withProblems(form, problems), failure: undefined } });
  if (purpose === 'tag') {
    const request = tagRequest(form);
    if ('problems' in request) return wrong(request.problems);
    const image = state.images.list?.find((one) => keyOf(one) === images[0]);
    const asked = { ...overlay, form: withProblems(form, new Map()), failure: undefined, busy: true };
    return step(
      { ...state, overlay: asked },
      { type: 'tag-image', image: { id: image?.id ?? '', name: images[0] ?? '' }, name: request.name },
    );
  }
  const request = jobRequest(purpose, form, images);
  return 'problems' in request ? wrong(request.problems) : beginJob(state, request.request);
}
