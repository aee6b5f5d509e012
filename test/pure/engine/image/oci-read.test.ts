// What images bring with them, read with suspicion: documents of every shape, and the ones that were made to harm.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isTscontainError } from '../../../../src/engine/errors.js';
import {
  readConfiguration,
  readManifestOrIndex,
  requireFit,
  requireImage,
} from '../../../../src/engine/image/oci-read.js';
import { configurationBytes, indexBytes, manifestBytes } from '../../../../src/engine/image/oci-write.js';
import {
  MAX_DOCUMENT_BYTES,
  MEDIA,
  NO_DEFAULTS,
  type Descriptor,
  type Digest,
  type ImageConfiguration,
} from '../../../../src/engine/image/oci.js';
import { refusal } from '../../../support/refusal.js';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const CONFIG = { mediaType: MEDIA.config, digest: digest('c'), size: 7 };
const LAYER = { mediaType: MEDIA.layerGzip, digest: digest('a'), size: 32_654 };
const MANIFEST = { schemaVersion: 2, mediaType: MEDIA.manifest, config: CONFIG, layers: [LAYER] };
const INDEX = {
  schemaVersion: 2,
  mediaType: MEDIA.index,
  manifests: [{ ...CONFIG, mediaType: MEDIA.manifest, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } }],
};
const CONFIGURATION = {
  architecture: 'amd64',
  os: 'linux',
  config: { Env: ['A=1'], Cmd: ['sh'] },
  rootfs: { type: 'layers', diff_ids: [digest('d')] },
  history: [{ created_by: 'COPY', empty_layer: false }],
};

const read = (value: unknown, mediaType?: string) => readManifestOrIndex(json(value), 'the manifest of web', mediaType);
const configure = (config: object) => readConfiguration(json({ ...CONFIGURATION, config }), 'the configuration of web');

describe('a manifest', () => {
  it('is read in OCI form and in that of Docker, with or without its own word for it', () => {
    for (const mediaType of [MEDIA.manifest, MEDIA.dockerManifest, undefined]) {
      const found = read({ ...MANIFEST, mediaType }, mediaType);
      assert.ok(found.kind === 'manifest');
      assert.deepEqual([found.config, found.layers], [CONFIG, [LAYER]]);
      assert.equal(found.mediaType, mediaType ?? MEDIA.manifest);
    }
  });

  it('is told from an index, whose platforms are read', () => {
    const found = read(INDEX);
    assert.ok(found.kind === 'index');
    assert.deepEqual(found.manifests[0]?.platform, { os: 'linux', architecture: 'arm', variant: 'v7' });
  });

  for (const [what, value, words] of [
    ['that is an index too (CVE-2021-41190)', { ...MANIFEST, ...INDEX, mediaType: undefined }, /at once/],
    ['that has layers among its manifests', { ...INDEX, layers: [] }, /at once/],
    ['that calls itself an index', { ...MANIFEST, mediaType: MEDIA.index }, /calls itself/],
    ['whose fields only Go would know', { schemaVersion: 2, Layers: [LAYER], config: CONFIG }, /"Layers"/],
    ['without a configuration', { schemaVersion: 2, layers: [] }, /no config/],
    ['with a digest of another kind', { ...MANIFEST, config: { ...CONFIG, digest: 'md5:abc' } }, /md5:abc/],
    ['with capital letters in a digest', { ...MANIFEST, config: { ...CONFIG, digest: digest('C') } }, /config\.digest/],
    ['with a size below 0', { ...MANIFEST, layers: [{ ...LAYER, size: -1 }] }, /layers\[0\]\.size/],
    ['with a size that cannot be counted', { ...MANIFEST, layers: [{ ...LAYER, size: 2 ** 60 }] }, /size/],
    ['with a size in words', { ...MANIFEST, layers: [{ ...LAYER, size: '7' }] }, /size/],
    ['with no size', { ...MANIFEST, layers: [{ mediaType: LAYER.mediaType, digest: LAYER.digest }] }, /size/],
    [
      'with a media type that is none',
      { ...MANIFEST, layers: [{ ...LAYER, mediaType: '\u001b]0;x\u0007' }] },
      /media type/,
    ],
    ['with layers that are no list', { ...MANIFEST, layers: {} }, /layers is an object/],
    ['with annotations that are no texts', { ...MANIFEST, annotations: { a: {} } }, /annotations\.a/],
    ['with more layers than overlay takes', { ...MANIFEST, layers: Array(501).fill(LAYER) }, /501 layers/],
    ['of no schema', { ...MANIFEST, schemaVersion: undefined }, /schemaVersion/],
    ['that is a list', [MANIFEST], /JSON object/],
    ['that is nothing', null, /JSON object/],
  ] as const) {
    it(`is refused: one ${what}`, () => {
      assert.throws(
        () => read(value),
        (error) => {
          refusal('INVALID_VALUE', words)(error);
          return isPrintable(error);
        },
      );
    });
  }

  it('is refused when it was given as something else', () => {
    assert.throws(() => read(MANIFEST, MEDIA.dockerManifest), refusal('INVALID_VALUE', /given as/));
    assert.throws(() => read({ ...INDEX, mediaType: undefined }, MEDIA.manifest), refusal('INVALID_VALUE', /an index/));
    assert.equal(read(MANIFEST, 'application/json').kind, 'manifest');
  });

  it('of schema 1 is said to be too old', () => {
    assert.throws(() => read({ schemaVersion: 1, fsLayers: [], history: [] }), refusal('NOT_SUPPORTED', /schema 1/));
  });

  it('of a chart or a signature is no image', () => {
    const chart = read({ ...MANIFEST, config: { ...CONFIG, mediaType: 'application/vnd.cncf.helm.config.v1+json' } });
    assert.ok(chart.kind === 'manifest');
    assert.throws(() => requireImage(chart, 'web'), refusal('NOT_SUPPORTED', /helm/));
    const odd = read({ ...MANIFEST, layers: [{ ...LAYER, mediaType: 'application/vnd.x' }] });
    assert.ok(odd.kind === 'manifest');
    assert.throws(() => requireImage(odd, 'web'), refusal('NOT_SUPPORTED', /vnd\.x/));
    const image = read(MANIFEST);
    assert.ok(image.kind === 'manifest');
    requireImage(image, 'web');
  });
});

const isPrintable = (error: unknown): boolean => error instanceof Error && /^[\x20-\x7e…]*$/.test(error.message);

describe('a document', () => {
  it('of a hundred megabytes is refused before it is looked at', () => {
    const large = Buffer.alloc(100 * 1024 * 1024, ' ');
    const begun = performance.now();
    assert.throws(() => readManifestOrIndex(large, 'it'), refusal('INVALID_VALUE', /104857600 bytes/));
    assert.ok(performance.now() - begun < 1000);
  });

  for (const [what, text] of [
    ['lists', '['.repeat(100_000)],
    ['lists that are closed again', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['objects in a manifest', `{"schemaVersion":2,"x":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
  ] as const) {
    it(`that nests ${what} a hundred thousand deep is refused`, () => {
      assert.throws(() => readManifestOrIndex(Buffer.from(text), 'it'), refusal('INVALID_VALUE', /deep/));
    });
  }

  it('may have brackets in its texts', () => {
    const found = read({ ...MANIFEST, annotations: { a: '[{"\\'.repeat(1000) } });
    assert.equal(found.annotations?.['a'], '[{"\\'.repeat(1000));
  });

  for (const [what, bytes] of [
    ['is empty', Buffer.alloc(0)],
    ['is no JSON', Buffer.from('{"a":')],
    ['is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['begins with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json(MANIFEST)])],
    ['is zeros', Buffer.alloc(512)],
  ] as const) {
    it(`is refused that ${what}`, () => {
      assert.throws(() => readManifestOrIndex(bytes, 'it'), refusal('INVALID_VALUE', /JSON|empty/));
    });
  }

  it('changes nothing that other objects inherit', () => {
    const labels = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
    const { config } = configure({ Labels: labels });
    assert.deepEqual(Object.keys(config.labels), ['__proto__', 'constructor']);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
    const inherited = Buffer.from(`{"__proto__":${JSON.stringify(MANIFEST)}}`);
    assert.throws(() => readManifestOrIndex(inherited, 'it'), refusal('INVALID_VALUE', /schemaVersion/));
  });

  it('whatever it is, is read or refused by one sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readOrRefused(bytes)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => readOrRefused(Buffer.from(text))),
      { numRuns: 300 },
    );
  });

  it('with anything in the place of any of its fields is read or refused', () => {
    const paths = [...pathsOf(MANIFEST), ...pathsOf(INDEX), ...pathsOf(CONFIGURATION)];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        for (const whole of [MANIFEST, INDEX, CONFIGURATION]) readOrRefused(json(replaced(whole, path, value)));
      }),
      { numRuns: 500 },
    );
  });
});

function readOrRefused(bytes: Uint8Array): void {
  for (const parse of [readManifestOrIndex, readConfiguration]) {
    try {
      parse(bytes, 'it');
    } catch (error) {
      assert.ok(isTscontainError(error), String(error));
      assert.ok(isPrintable(error), JSON.stringify(error.message));
      assert.ok(error.message.length < 400, error.message);
    }
  }
}

function pathsOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))];
}

function replaced(whole: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof whole !== 'object' || whole === null) return whole;
  const entries = Object.entries(whole).map(([name, inner]: [string, unknown]) => [
    name,
    name === key ? replaced(inner, rest, value) : inner,
  ]);
  return Array.isArray(whole) ? entries.map(([, inner]) => inner) : (Object.fromEntries(entries) as unknown);
}

describe('a configuration', () => {
  it('gives what a container is like, whatever Go left out or wrote as null', () => {
    assert.deepEqual(configure({}).config, NO_DEFAULTS);
    const nulls = Object.fromEntries(
      ['Env', 'Cmd', 'Entrypoint', 'Volumes', 'Labels', 'OnBuild', 'Healthcheck'].map((name) => [name, null]),
    );
    assert.deepEqual(configure(nulls).config, NO_DEFAULTS);
    const { config, platform, diffIds } = configure({
      User: 'ada',
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/data': {} },
      StopSignal: 'SIGINT',
      Entrypoint: 'old',
      Healthcheck: { Test: ['CMD', 'true'], Interval: 30e9 },
      Shell: ['/bin/bash', '-c'],
    });
    assert.deepEqual([config.user, config.exposedPorts, config.volumes], ['ada', ['80/tcp'], ['/data']]);
    assert.deepEqual([config.entrypoint, config.stopSignal, config.shell], [['old'], 'SIGINT', ['/bin/bash', '-c']]);
    assert.equal(config.healthcheck?.intervalNs, 30e9);
    assert.deepEqual([platform.architecture, diffIds], ['amd64', [digest('d')]]);
  });

  for (const [what, config, words] of [
    ['an environment that is an object', { Env: {} }, /config\.Env/],
    ['a command with numbers', { Cmd: [1] }, /config\.Cmd/],
    ['labels that are a list', { Labels: ['a'] }, /config\.Labels/],
    ['a NUL in its command', { Cmd: ['a\0b'] }, /NUL/],
    ['a NUL in its environment', { Env: ['A=\0'] }, /NUL/],
    ['an interval below 0', { Healthcheck: { Interval: -1 } }, /Interval/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => configure(config), refusal('INVALID_VALUE', words));
    });
  }

  it('must have as many layers as its manifest', () => {
    const manifest = read(MANIFEST);
    assert.ok(manifest.kind === 'manifest');
    requireFit(manifest, configure({}), 'web');
    assert.throws(
      () => requireFit({ ...manifest, layers: [] }, configure({}), 'web'),
      refusal('INVALID_VALUE', /0 layers/),
    );
  });
});

describe('what is written', () => {
  const text = fc.string({ maxLength: 20 }).filter((value) => !value.includes('\0'));
  const map = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 10 }).filter((key) => key !== '__proto__'),
    text,
    { maxKeys: 4 },
  );
  const someDigest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex): Digest => `sha256:${hex}`);
  const size = fc.maxSafeNat();
  const descriptor = fc.record(
    {
      mediaType: fc.constantFrom(MEDIA.layer, MEDIA.layerZstd, MEDIA.dockerLayerGzip),
      digest: someDigest,
      size,
      annotations: map,
      platform: fc.record({ os: fc.constant('linux'), architecture: fc.constantFrom('amd64', 'arm64') }),
    },
    { requiredKeys: ['mediaType', 'digest', 'size'] },
  ) as fc.Arbitrary<Descriptor>;
  // Names that are numbers would come first in any object.
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z/]{1,8}$/), { maxLength: 4 }).map((list) => list.sort());
  const configuration = fc.record({
    platform: fc.record({ os: fc.constant('linux'), architecture: fc.constant('riscv64') }),
    config: fc.record(
      {
        user: text,
        exposedPorts: names,
        env: fc.array(text),
        entrypoint: fc.array(text),
        cmd: fc.array(text),
        volumes: names,
        workingDir: text,
        labels: map,
        stopSignal: fc.constant('SIGINT'),
        shell: fc.constant(['/bin/bash']),
        healthcheck: fc.record({
          test: fc.array(text),
          intervalNs: size,
          timeoutNs: size,
          startPeriodNs: size,
          startIntervalNs: size,
          retries: fc.nat(),
        }),
        onBuild: fc.array(text),
      },
      {
        requiredKeys: [
          'user',
          'exposedPorts',
          'env',
          'entrypoint',
          'cmd',
          'volumes',
          'workingDir',
          'labels',
          'onBuild',
        ],
      },
    ),
    diffIds: fc.array(someDigest, { maxLength: 4 }),
    history: fc.array(
      fc.record({ createdBy: text, comment: text, emptyLayer: fc.boolean() }, { requiredKeys: ['emptyLayer'] }),
      { maxLength: 4 },
    ),
  }) as fc.Arbitrary<ImageConfiguration>;

  it('is read as it was, and the same content is the same bytes', () => {
    fc.assert(
      fc.property(configuration, (given) => {
        const bytes = configurationBytes(given);
        assert.deepEqual(readConfiguration(bytes, 'it'), structuredClone(given));
        assert.deepEqual(configurationBytes(readConfiguration(bytes, 'it')), bytes);
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(descriptor, fc.array(descriptor, { maxLength: 4 }), (config, layers) => {
        const manifest = structuredClone({ kind: 'manifest', mediaType: MEDIA.manifest, config, layers } as const);
        assert.deepEqual(readManifestOrIndex(manifestBytes(manifest), 'it'), manifest);
        const index = structuredClone({ kind: 'index', mediaType: MEDIA.dockerList, manifests: layers } as const);
        assert.deepEqual(readManifestOrIndex(indexBytes(index), 'it'), index);
      }),
      { numRuns: 200 },
    );
  });

  it('is never more than is read', () => {
    assert.ok(
      manifestBytes({ mediaType: MEDIA.manifest, config: CONFIG, layers: Array(500).fill(LAYER) as Descriptor[] })
        .length < MAX_DOCUMENT_BYTES,
    );
  });
});
