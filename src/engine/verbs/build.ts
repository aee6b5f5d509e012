// build: an image of a Dockerfile.
import { build as buildImage } from '../build/build.js';
import type { BuildResult, BuildWishes } from '../build/model.js';
import { appendEvent } from '../events.js';
import { formatPlatform } from '../image/platform.js';
import { Summaries } from '../image/summaries.js';
import type { Parts } from './parts.js';

/** @throws BuildError with the place in the Dockerfile, TscontainError */
export async function build(parts: Parts, wishes: BuildWishes): Promise<BuildResult> {
  const { root, content, images } = parts;
  const result = await buildImage(
    {
      root,
      content,
      summaries: new Summaries(content),
      get driver() {
        return parts.driver;
      },
      pull: async (name, { platform, signal, onTransfer }) => {
        await images.pull(name, { platform: formatPlatform(platform), signal, onTransfer });
      },
    },
    wishes,
  );
  const id = result.id.slice('sha256:'.length);
  for (const name of result.names) appendEvent(root, { type: 'image', action: 'tag', id, attributes: { name } });
  return result;
}
