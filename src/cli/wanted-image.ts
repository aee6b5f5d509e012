// The image of `run` and `create`, fetched where it is missing or where the newest is asked for.
import {
  formatPlatform,
  isTscontainError,
  parsePlatform,
  TscontainError,
  type Container,
  type CreateSpec,
  type Engine,
} from '../engine/index.js';
import { text, type Option, type Values } from './command.js';
import type { Context } from './context.js';
import { printable } from './output.js';
import { showTransfer } from './progress-writer.js';

const POLICIES = ['always', 'missing', 'never'] as const;
type Policy = (typeof POLICIES)[number];

export const imageOptions: readonly Option[] = [
  { flags: '--pull <when>', description: 'pull the image: always, missing (the default) or never', complete: POLICIES },
  { flags: '--platform <system/architecture>', description: 'the image for another platform, such as linux/arm64' },
];

/** What is said when it is interrupted. */
export const LEFT_OF_A_PULL = 'what came of the image is kept, and the next pull goes on with it';

export interface ImageWishes {
  readonly pull: Policy;
  readonly platform: string | undefined;
}

/** @throws TscontainError INVALID_VALUE */
export function readImageWishes(values: Values): ImageWishes {
  const pull = text(values, 'pull') ?? 'missing';
  const platform = text(values, 'platform');
  if (platform !== undefined) parsePlatform(platform);
  const policy = POLICIES.find((each) => each === pull);
  if (policy !== undefined) return { pull: policy, platform };
  throw new TscontainError('INVALID_VALUE', `--pull ${JSON.stringify(pull)} is not known`, {
    hint: `use ${POLICIES.join(', ')}`,
  });
}

/** Makes a container; what is looked up first is what is here, because that is nearly always enough. */
export async function createWithImage(
  context: Context,
  engine: Engine,
  spec: CreateSpec,
  { pull, platform }: ImageWishes,
  signal: AbortSignal,
): Promise<Container> {
  const fetch = async (): Promise<void> => {
    const transfer = showTransfer(context.stderr, 'pull');
    try {
      await engine.images.pull(spec.image, {
        signal,
        onTransfer: transfer.onEvent,
        ...(platform === undefined ? {} : { platform }),
      });
    } finally {
      transfer.end();
    }
  };
  if (pull === 'always') await fetch();
  else if (platform !== undefined && !(await isHere(engine, spec.image, platform))) {
    if (pull === 'never') throw noSuchPlatformHere(spec.image, platform);
    await fetch();
  }
  try {
    return await engine.create(spec);
  } catch (error) {
    if (pull !== 'missing' || !isTscontainError(error, 'NO_SUCH_IMAGE') || IS_ID.test(spec.image)) throw error;
  }
  context.warn(`there is no image "${printable(spec.image)}" here: it is pulled`);
  await fetch();
  return engine.create(spec);
}

/** A whole id is of something that was here; registries know of none. */
const IS_ID = /^(sha256:)?[0-9a-f]{64}$/;

async function isHere(engine: Engine, name: string, platform: string): Promise<boolean> {
  try {
    const { image } = await engine.images.inspect(name);
    return formatPlatform(image.platform) === formatPlatform(parsePlatform(platform));
  } catch (error) {
    if (isTscontainError(error, 'NO_SUCH_IMAGE')) return false;
    throw error;
  }
}

const noSuchPlatformHere = (name: string, platform: string): TscontainError =>
  new TscontainError('NO_SUCH_IMAGE', `there is no image "${printable(name)}" for ${printable(platform)} here`, {
    hint: 'leave out --pull never',
  });
