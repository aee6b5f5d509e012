// The tags of a repository, which a registry gives page by page.
import { TscontainError } from '../errors.js';
import { parseReference, type Reference } from '../image/reference.js';
import type { RegistryClient } from './client.js';
import { pullScope } from './manifests.js';
import { isSameOrigin } from './redirect.js';

const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Pages: a registry that gives pages without end is left. */
const MAX_PAGES = 1000;

/** @throws Temporary, NO_SUCH_IMAGE, UNAUTHORIZED, INVALID_VALUE */
export async function fetchTags(
  client: RegistryClient,
  reference: Reference,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { registry, repository } = reference;
  const tags = new Set<string>();
  let to: string | URL = `/v2/${repository}/tags/list`;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await client.ask({ method: 'GET', to, scope: pullScope(repository), signal });
    if (answer.status !== 200) {
      throw await client.refusal(answer, `give the tags of ${repository}`, {
        code: 'NO_SUCH_IMAGE',
        message: `${registry} has nothing by the name of "${repository}"`,
        hint: 'check the name; a private one is not there for who has not logged in',
      });
    }
    const body = await answer.read(MAX_PAGE_BYTES, `the list of tags of ${repository}`);
    for (const tag of parseTags(body, reference)) tags.add(tag);
    const next = nextPage(answer.headers['link'], answer.url);
    if (next === undefined) return [...tags];
    to = next;
  }
  throw new TscontainError('INVALID_VALUE', `${registry} gives more than ${MAX_PAGES} pages of tags of ${repository}`);
}

/** What is no tag is left out: it could not be asked for. */
function parseTags(body: Buffer, { registry, repository }: Reference): string[] {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new TscontainError('INVALID_VALUE', `the list of tags of ${repository} is no JSON`, { cause });
  }
  const tags =
    typeof value === 'object' && value !== null && 'tags' in value && Array.isArray(value.tags) ? value.tags : [];
  return tags.filter((tag): tag is string => typeof tag === 'string' && isTag(`${registry}/${repository}:${tag}`));
}

function isTag(name: string): boolean {
  try {
    return parseReference(name).tag !== undefined;
  } catch {
    return false;
  }
}

/** RFC 5988: <address>; rel="next". Of the registry itself, or it is none. */
export function nextPage(link: string | string[] | undefined, from: URL): URL | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(String(link ?? ''))?.[1];
  if (target === undefined || !URL.canParse(target, from.href)) return undefined;
  const url = new URL(target, from);
  return isSameOrigin(url, from) ? url : undefined;
}
