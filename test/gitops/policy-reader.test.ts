// What a reader of policies keeps, and for how long.
import test from 'ava';
import { sha256 } from '../../gitops/io/digest.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { fakeBench } from '../cluster/bench.ts';
import { putPolicy } from '../helpers/cluster-policies.ts';
import { countRequests } from '../helpers/counting-cluster.ts';
import { AT_MOST_THREE, policyFile } from '../helpers/policy-files.ts';

function open() {
  const time = { ms: 1_000 };
  const reader = new PolicyReader({ hash: sha256, now: () => time.ms, believeMs: 100 });
  /** Policies with a comment of this many characters. */
  const filesOf = (size: number, name = 'p') => [
    { path: `${name}.yaml`, text: `${policyFile(AT_MOST_THREE)}# ${'x'.repeat(size)}\n` },
  ];
  /** Compiles so many others that nothing else is kept. */
  const crowd = () => {
    for (let i = 0; i < 4; i++) reader.fromFiles(filesOf(450_000, `crowd${i}`));
  };
  return { reader, time, filesOf, crowd };
}

test('policy reader: the same files are compiled once, until others need the room', (t) => {
  const { reader, filesOf, crowd } = open();
  const first = reader.fromFiles(filesOf(10));
  t.is(reader.fromFiles(filesOf(10)), first);
  t.not(reader.fromFiles(filesOf(11)), first);
  t.not(reader.fromFiles(filesOf(10), { namespace: 'shop' }), first);
  crowd();
  const again = reader.fromFiles(filesOf(10));
  t.not(again, first);
  t.deepEqual(again.digest, first.digest);
});

test('policy reader: the largest bundle is kept, and what is larger than all the room is used all the same', (t) => {
  const { reader, filesOf } = open();
  t.is(reader.fromFiles(filesOf(900_000)), reader.fromFiles(filesOf(900_000)));
  const huge = reader.fromFiles(filesOf(1_600_000));
  t.is(huge.sets[0]?.policies.length, 1);
  t.not(reader.fromFiles(filesOf(1_600_000)), huge);
  t.is(reader.fromFiles(filesOf(900_000)), reader.fromFiles(filesOf(900_000)));
});

test('policy reader: what the cluster said is believed for a while, and only as long as it is kept', async (t) => {
  const { reader, time, crowd } = open();
  const bench = fakeBench();
  const namespace = await bench.namespace();
  await putPolicy(bench, namespace, { ...AT_MOST_THREE, name: 'own' });
  const { cluster, requests, reset } = countRequests(bench.cluster);
  const asked = async (fresh = false) => {
    reset();
    t.deepEqual([...(await reader.ofCluster(cluster, namespace, fresh)).enforced], ['own']);
    return requests.length > 0;
  };
  t.true(await asked());
  t.false(await asked());
  t.true(await asked(true), 'asked to');
  crowd();
  t.true(await asked(), 'forgotten');
  t.false(await asked());
  time.ms += 100;
  t.true(await asked(), 'too old');
});
