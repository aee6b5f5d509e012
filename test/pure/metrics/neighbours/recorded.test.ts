// The judge on what real containers did, recorded by bench/neighbours on a hybrid host on which other work ran beside it: what a
// recording shows must be said in time, with the one who did it, and of a calm one nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lineOf, readRecording, written, type Recording } from '../../../../bench/neighbours/recording.js';
import { replay, verdictOn } from '../../../../bench/neighbours/score.js';
import { HOST_ID, type Finding, type Resource, type Symptom } from '../../../../src/metrics/index.js';

const FOLDER = 'test/pure/metrics/neighbours/recorded';
const text = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const recordings = new Map(readdirSync(FOLDER).map((file) => [file, readRecording(text(file))]));

function named(word: string): Recording {
  const found = [...recordings.values()].find(({ scenario }) => scenario.includes(word));
  assert.ok(found, `a recording of ${word}`);
  return found;
}

/** When it was first said that somebody is a victim of a resource, and how. */
function firstSaid(recording: Recording, key: string): { afterMs: number; finding: Finding } | undefined {
  for (const { at, findings } of replay(recording.observations)) {
    const finding = findings.find((each) => each.key === key);
    if (finding !== undefined) return { afterMs: at - (recording.label.began ?? 0), finding };
  }
  return undefined;
}

describe('of what was recorded', () => {
  const staged: readonly (readonly [word: string, resource: Resource, symptom: Symptom])[] = [
    ['CPU hog', 'cpu', 'waits'],
    ['fork storm', 'cpu', 'waits'],
    ['dirty pages', 'io', 'waits'],
    ['heavy reads', 'io', 'waits'],
    ['memory hog', 'memory', 'reclaims'],
    ['page cache', 'memory', 'reclaims'],
  ];
  for (const [word, resource, symptom] of staged)
    it(`${word}: the victim is found, and who does it`, () => {
      const recording = named(word);
      const { victims, culprit } = recording.label;
      const said = firstSaid(recording, `${victims[0]}/${resource}`);
      assert.ok(said, 'it is said');
      // What fills a cache needs a moment to drive another out of it.
      assert.ok(said.afterMs > 0 && said.afterMs <= (resource === 'memory' ? 7000 : 5000), `after ${said.afterMs} ms`);
      assert.deepEqual([said.finding.symptom, said.finding.suspects[0]?.id], [symptom, culprit]);
    });

  it('memory hog on a quick disk: found although what is read again is many times what was taken', () => {
    const recording = recordings.get('404-memory-hog-quick-disk.jsonl')!;
    const said = firstSaid(recording, `${recording.label.victims[0]}/memory`);
    assert.ok(said !== undefined && said.afterMs <= 5000);
    assert.equal(said.finding.suspects[0]?.id, recording.label.culprit);
  });

  // Both did a fifth less of their work, and waited for less than a sixth of their time.
  for (const file of ['57-CPU-hog-of-a-hardy-victim.jsonl', '5-small-fsyncs-quick-disk.jsonl'])
    it(`${file}: what wants a CPU for a part of its time is slowed more than the part of it that it waits`, () => {
      const recording = recordings.get(file)!;
      const said = firstSaid(recording, `${recording.label.victims[0]}/cpu`);
      assert.ok(said !== undefined && said.afterMs <= 6000, `after ${said?.afterMs} ms`);
      assert.equal(said.finding.suspects[0]?.id, recording.label.culprit);
      const seen = recording.observations.map(
        ({ samples }) => samples.get(said.finding.victim)?.pressure.cpu.some ?? 0,
      );
      assert.ok(said.finding.percent <= Math.max(...seen), 'what is told is what its graph shows');
    });

  const own: readonly (readonly [word: string, key: string, symptom: Symptom])[] = [
    ['own CPU limit', 'cpu', 'throttled'],
    ['own memory limit', 'memory', 'reclaims'],
    ['to its end', 'memory', 'killed'],
  ];
  for (const [word, resource, symptom] of own)
    it(`${word}: it is held by itself, and nobody is blamed`, () => {
      const recording = named(word);
      const said = firstSaid(recording, `${recording.label.victims[0]}/${resource}`);
      assert.ok(said !== undefined && said.afterMs <= 5000);
      const { byOwnLimit, suspects } = said.finding;
      assert.deepEqual([said.finding.symptom, byOwnLimit, suspects], [symptom, true, []]);
    });

  it('nothing is said where nothing is the matter', () => {
    for (const word of ['nothing the matter', 'two innocents', 'small fsyncs'])
      for (const { findings } of replay(named(word).observations)) assert.deepEqual(findings, [], word);
  });

  it('nobody is blamed for another’s page cache who only fills his own', () => {
    const { observations, label } = named('page cache');
    const blamed = replay(observations).flatMap(({ findings }) =>
      findings.filter(({ victim, suspects }) => victim === label.culprit && suspects[0]?.id !== HOST_ID),
    );
    assert.deepEqual(blamed, []);
  });

  it('a container that did nothing is never a suspect', () => {
    for (const { label, observations, scenario } of recordings.values()) {
      const idle = label.maybe;
      for (const { findings } of replay(observations))
        for (const { suspects, resource } of findings)
          if (scenario !== 'dirty pages' || resource !== 'cpu')
            assert.ok(!suspects.some(({ id }) => idle.includes(id)), `${scenario}: ${JSON.stringify(suspects)}`);
    }
  });
});

describe('a recording', () => {
  it('is read as it was written', () => {
    for (const [file, recording] of recordings) assert.equal(written(recording), text(file), file);
  });

  it('is small enough to keep', () => {
    for (const file of recordings.keys()) assert.ok(text(file).length < 60_000, file);
  });

  it('has not measured what it does not hold', () => {
    const observation = { at: 5, host: undefined, samples: new Map() };
    const heading = {
      scenario: 'none',
      seed: 1,
      host: 'v2',
      intervalMs: 1000,
      groups: {},
      label: { victims: [], maybe: [] },
    };
    const read = readRecording(`${JSON.stringify(heading)}\n${lineOf(observation)}\n`);
    assert.deepEqual(read.observations, [{ ...observation, groups: new Map() }]);
    assert.deepEqual(verdictOn(read).falseAlarms, []);
  });
});
