// An image store of a test's own, and pulls into it and pushes out of it with little patience and nobody's credentials.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openContent, type ContentParts } from '../../src/engine/image/content/open.js';
import { places } from '../../src/engine/image/content/places.js';
import { chainIdsOf } from '../../src/engine/image/digest.js';
import { readConfiguration, readManifestOrIndex } from '../../src/engine/image/oci-read.js';
import { imageName } from '../../src/engine/image/reference.js';
import type { TransferEvent } from '../../src/engine/image/transfer.js';
import {
  pull,
  pullAllTags,
  push,
  type Pulled,
  type Pushed,
  type RegistryOptions,
} from '../../src/engine/registry/index.js';
import { layout } from '../../src/engine/state/layout.js';
import { patience } from './patience.js';
import { stateDirectory } from './state-directory.js';
import { linesOf } from './trees.js';

export class Pulling {
  readonly root: string;
  readonly content: ContentParts;
  readonly environment: Record<string, string>;
  readonly events: TransferEvent[] = [];
  pieceBytes = 32 * 1024 * 1024;
  /** changed by tests that wait for something */
  patience: NonNullable<RegistryOptions['patience']> = {
    tries: 3,
    firstDelayMs: 10,
    longestDelayMs: 40,
    silenceMs: patience(2000),
    answerMs: patience(2000),
    documentMs: patience(4000),
  };

  constructor(test: Pick<TestContext, 'after'>) {
    this.root = stateDirectory(test);
    this.content = openContent(layout.images(this.root));
    mkdirSync(join(this.root, 'docker'));
    this.environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.root,
      XDG_CONFIG_HOME: this.root,
      DOCKER_CONFIG: join(this.root, 'docker'),
    };
  }

  get registry(): RegistryOptions {
    const { environment, pieceBytes } = this;
    return { environment, pieceBytes, patience: this.patience, certificates: join(this.root, 'certs.d') };
  }

  pull(
    name: string,
    wishes: { platform?: string; signal?: AbortSignal; credentials?: { username: string; password: string } } = {},
  ): Promise<Pulled> {
    const { credentials, ...others } = wishes;
    return pull(this.content, name, {
      ...others,
      onTransfer: (event) => this.events.push(event),
      registry: { ...this.registry, ...(credentials === undefined ? {} : { credentials }) },
    });
  }

  async pullAll(name: string): Promise<string[]> {
    const names: string[] = [];
    for await (const pulled of pullAllTags(this.content, name, { registry: this.registry })) names.push(pulled.name);
    return names;
  }

  push(name: string, credentials?: { username: string; password: string }): Promise<Pushed> {
    return push(this.content, name, {
      onTransfer: (event) => this.events.push(event),
      registry: { ...this.registry, ...(credentials === undefined ? {} : { credentials }) },
    });
  }

  /** Gives an image that is here a further name. */
  async name(from: string, to: string): Promise<void> {
    await this.content.references.set(imageName(to), this.content.references.get(imageName(from))!);
  }

  /** What is in the layers of an image that is here, lowest first. */
  async trees(name: string): Promise<string[][]> {
    const { blobs, layers, references } = this.content;
    const manifest = readManifestOrIndex(await blobs.read(references.get(imageName(name))!.digest), name);
    if (manifest.kind === 'index') throw new Error(`${name} is an index`);
    const { diffIds } = readConfiguration(await blobs.read(manifest.config.digest), name);
    return chainIdsOf(diffIds).map((chainId) => linesOf(layers.get(chainId)!.tree));
  }

  /** Names, blobs and downloads under way: what a failed pull must not have added to, but for the last. */
  stored(): { names: string[]; blobs: string[]; ingests: string[]; layers: string[]; leases: string[] } {
    const { images } = this.content;
    const visible = (path: string): string[] => {
      try {
        return readdirSync(path).filter((name) => !name.endsWith('.lock'));
      } catch {
        return [];
      }
    };
    return {
      names: this.content.references.list().map(({ name }) => name),
      blobs: visible(places.blobs(images)),
      ingests: visible(places.ingests(images)),
      layers: visible(places.layers(images)),
      leases: visible(places.leases(images)),
    };
  }
}

/** Of a store in which nothing is. */
export const NOTHING = { names: [], blobs: [], ingests: [], layers: [], leases: [] };
