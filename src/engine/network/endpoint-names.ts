// What a container answers to on a network. Pure.
import type { ContainerConfig } from '../model.js';

type Named = Pick<ContainerConfig, 'id' | 'name' | 'project' | 'labels'>;

/** Its name, its short id, the name of its service and the aliases, each once and in lower case: DNS does not tell case. */
export function namesOf(config: Named, aliases: readonly string[]): string[] {
  const service = serviceOf(config);
  const names = [config.name, config.id.slice(0, 12), ...(service === undefined ? [] : [service]), ...aliases];
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** Compose's label. */
const SERVICE_LABEL = 'com.docker.compose.service';

/** Of "shop-web-1" and "shop_web" in the project shop: web. */
function serviceOf({ name, project, labels }: Named): string | undefined {
  const labelled = labels[SERVICE_LABEL];
  if (labelled !== undefined && labelled !== '') return labelled;
  if (project === undefined || !/^[-_]/.test(name.slice(project.length)) || !name.startsWith(project)) return undefined;
  const service = name.slice(project.length + 1).replace(/[-_]\d+$/, '');
  return service === '' ? undefined : service;
}
