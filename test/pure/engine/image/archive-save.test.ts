// What is written into an archive: the documents first, shared layers once, and the same bytes for the same images.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bytesToSave,
  partsToSave,
  type ImageToSave,
  type PartToSave,
} from '../../../../src/engine/image/archive/save-plan.js';
import type { Descriptor } from '../../../../src/engine/image/oci.js';
import { digestOf, OCI } from '../../../support/saved-images.js';

const blob = (text: string, mediaType = OCI.gzip): Descriptor => ({
  mediaType,
  digest: digestOf(text),
  size: text.length,
});

const image = (name: string, layers: readonly string[], names: readonly string[]): ImageToSave => ({
  names,
  descriptor: blob(`manifest of ${name}`, OCI.manifest),
  manifest: { config: blob(`configuration of ${name}`, OCI.config), layers: layers.map((layer) => blob(layer)) },
});

const WEB = image('web', ['debian', 'nginx'], ['docker.io/library/web:1', 'registry.example:5000/web:1']);
const APP = image('app', ['debian', 'node'], ['docker.io/team/app:latest']);

const jsonIn = (parts: readonly PartToSave[], name: string): unknown => {
  const part = parts.find((each) => each.name === name);
  assert.ok(part !== undefined && 'bytes' in part, `${name} is a document`);
  return JSON.parse(part.bytes.toString());
};

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[];
}

describe('an archive', () => {
  it('has its documents before its layers, and a layer that images share once', () => {
    const parts = partsToSave([WEB, APP], 'docker-archive');
    assert.deepEqual(
      parts.map((part) => ('bytes' in part ? part.name : part.what)),
      [
        'oci-layout',
        'index.json',
        'manifest.json',
        ...['manifest', 'manifest', 'configuration', 'configuration', 'layer', 'layer', 'layer'],
      ],
    );
    assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
    assert.equal(
      bytesToSave(parts),
      parts.reduce((sum, part) => sum + ('bytes' in part ? part.bytes.length : part.size), 0),
    );
  });

  it('says its names as Docker and as others read them', () => {
    const parts = partsToSave([WEB, APP], 'docker-archive');
    const items = jsonIn(parts, 'manifest.json') as { Config: string; RepoTags: string[] | null; Layers: string[] }[];
    assert.deepEqual(
      items.map(({ RepoTags }) => RepoTags),
      [['web:1', 'registry.example:5000/web:1'], ['team/app:latest']],
    );
    assert.deepEqual(
      items[0]!.Layers.map((name) => name.replace(/[0-9a-f]{64}$/, '')),
      ['blobs/sha256/', 'blobs/sha256/'],
    );
    const docker = (jsonIn(parts, 'index.json') as Index).manifests.map(({ annotations }) => annotations);
    assert.deepEqual(docker[0], {
      'io.containerd.image.name': 'docker.io/library/web:1',
      'org.opencontainers.image.ref.name': '1',
    });
    const oci = (jsonIn(partsToSave([WEB], 'oci-archive'), 'index.json') as Index).manifests;
    assert.deepEqual(
      oci.map(({ annotations }) => annotations!['org.opencontainers.image.ref.name']),
      ['docker.io/library/web:1', 'registry.example:5000/web:1'],
    );
  });

  it('has manifest.json only where Docker reads it', () => {
    for (const format of ['oci-archive', 'oci-dir'] as const)
      assert.ok(!partsToSave([WEB], format).some(({ name }) => name === 'manifest.json'), format);
  });

  it('of an image that has no name, or one that is no tag, says none', () => {
    for (const names of [[], [`docker.io/library/web@${WEB.descriptor.digest}`]]) {
      const parts = partsToSave([{ ...WEB, names }], 'docker-archive');
      assert.equal((jsonIn(parts, 'manifest.json') as { RepoTags: null }[])[0]!.RepoTags, null);
    }
    const [only] = (jsonIn(partsToSave([{ ...WEB, names: [] }], 'oci-archive'), 'index.json') as Index).manifests;
    assert.equal(only!.annotations, undefined);
  });

  it('gives base a tag, as it has to have elsewhere', () => {
    const parts = partsToSave([{ ...WEB, names: ['base'] }], 'docker-archive');
    assert.deepEqual((jsonIn(parts, 'manifest.json') as { RepoTags: string[] }[])[0]!.RepoTags, ['base:latest']);
  });

  it('is the same for the same images', () => {
    assert.deepEqual(partsToSave([WEB, APP], 'docker-archive'), partsToSave([WEB, APP], 'docker-archive'));
  });
});
