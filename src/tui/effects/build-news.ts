// A build of the engine as the dashboard asks for it and hears of it: steps by their numbers, what they say as text.
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { BuildEvent, Engine } from '../../engine/index.js';
import type { BuildNews, BuildRequest, BuildStep, ImagesPort, StepStatus } from '../images/port.js';

/** Throws what the engine throws; what stands in the Dockerfile is said in the output too. */
export function buildVerb(engine: Pick<Engine, 'build'>): ImagesPort['build'] {
  return async (request, { signal, onNews }) => {
    const teller = new Teller(onNews);
    await engine.build({ ...wishesOf(request), signal, onEvent: (event) => teller.tell(event) });
  };
}

function wishesOf({ directory, dockerfile, tag, target, args, noCache }: BuildRequest) {
  return {
    context: { kind: 'directory', path: resolve(directory) },
    ...(dockerfile === undefined || dockerfile === '' ? {} : { dockerfile: resolve(directory, dockerfile) }),
    ...(target === undefined || target === '' ? {} : { target }),
    tags: tag === undefined || tag === '' ? [] : [tag],
    args: new Map(args.map(pairOf)),
    noCache,
  } as const;
}

function pairOf(text: string): [name: string, value: string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

const STATUS = { done: 'done', cached: 'cached', failed: 'failed', stopped: 'stopped' } as const satisfies Record<
  Extract<BuildEvent, { kind: 'end' }>['how'],
  StepStatus
>;

class Teller {
  readonly #steps = new Map<number, Omit<BuildStep, 'status'>>();
  /** A character may come in two pieces. */
  readonly #decoders = new Map<string, StringDecoder>();

  constructor(private readonly onNews: (news: BuildNews) => void) {}

  tell(event: BuildEvent): void {
    switch (event.kind) {
      case 'begin': {
        const step = stepOf(event.step, event.title);
        this.#steps.set(event.step, step);
        this.onNews({ type: 'step', step: { ...step, status: 'running' } });
        return;
      }
      case 'end': {
        const step = this.#steps.get(event.step);
        if (step !== undefined) this.onNews({ type: 'step', step: { ...step, status: STATUS[event.how] } });
        if (event.why !== undefined) this.#say(event.step, 'stderr', `${event.why}\n`);
        return;
      }
      case 'output':
        this.#say(event.step, event.stream, this.#decoded(event));
        return;
      case 'note':
        this.#say(event.step, 'stdout', `${event.text}\n`);
        return;
      case 'transfer':
        this.onNews({ type: 'transfer', event: event.event });
        return;
      case 'warning':
        this.#say(1, 'stderr', `${event.place}: ${event.warning.message}\n`);
    }
  }

  #say(step: number, stream: 'stdout' | 'stderr', text: string): void {
    if (text !== '') this.onNews({ type: 'output', step, stream, text });
  }

  #decoded({ step, stream, data }: Extract<BuildEvent, { kind: 'output' }>): string {
    const key = `${step} ${stream}`;
    const decoder = this.#decoders.get(key) ?? new StringDecoder();
    this.#decoders.set(key, decoder);
    return decoder.write(data);
  }
}

/** "[builder 2/5] RUN make" */
function stepOf(number: number, title: string): Omit<BuildStep, 'status'> {
  const [, stage, text = title] = /^\[(?:(.+) )?\d+\/\d+\] (.*)$/s.exec(title) ?? [];
  return { number, text, ...(stage === undefined ? {} : { stage }) };
}
