// The packs we ship: their own tests pass, each policy says what it is for, and no part of one could be left out unseen.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { dump, loadAll } from 'js-yaml';
import { discover } from '../../functions/policy-test/discover.ts';
import { reportOf } from '../../functions/policy-test/test-command.ts';
import { runTests } from '../../gitops/policy-test/run-tests.ts';
import { isPolicyPath } from '../../gitops/sync/policy-files.ts';
import type { PolicyFile } from '../../policies/index.ts';

const PACKS = 'policies/packs';
const NAMES = ['baseline', 'restricted'];
const PREFIX = 'policies.kyverno.io/';

interface PolicyObject {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { validations: { expression: string }[] };
}

const FILES: readonly PolicyFile[] = NAMES.flatMap((pack) =>
  readdirSync(join(PACKS, pack))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(PACKS, pack, name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') })),
);

function policiesIn({ text }: PolicyFile): PolicyObject[] {
  return (loadAll(text) as PolicyObject[]).filter(
    ({ kind }) => kind === 'ValidatingAdmissionPolicy',
  );
}

test('every case of every policy is as its test says, and no policy goes without', async (t) => {
  const report = await reportOf([PACKS], { requireTests: true });
  t.deepEqual(report.problems, []);
  t.deepEqual(
    report.results.filter(({ failures }) => failures.length > 0).map((each) => each.failures),
    [],
  );
  t.deepEqual(report.untested, []);
  t.is(report.policies, 17);
  t.log(`${report.results.length} cases`);
});

for (const file of FILES) {
  for (const { metadata } of policiesIn(file)) {
    const { name, annotations = {} } = metadata;
    test(`${name} says what it is, and is shown to allow and to find something`, async (t) => {
      for (const key of ['title', 'category', 'description'])
        t.truthy(annotations[PREFIX + key]?.trim(), key);
      t.true(
        ['critical', 'high', 'medium', 'low', 'info'].includes(
          annotations[`${PREFIX}severity`] ?? '',
        ),
      );
      const { results } = await reportOf([PACKS], { run: `^${name}/`, requireTests: false });
      const seen = new Set(results.map(({ seen: { outcome } }) => outcome));
      t.true(seen.has('allowed'));
      t.true(seen.has('denied') || seen.has('warned'));
    });
  }
}

/** The folder with one validation of one policy replaced by `true`. */
function without(
  files: readonly PolicyFile[],
  { path, name, index }: { path: string; name: string; index: number },
): PolicyFile[] {
  return files.map((file) => {
    if (file.path !== path) return file;
    const objects = loadAll(file.text) as PolicyObject[];
    const validation = objects.find(
      ({ kind, metadata }) => kind === 'ValidatingAdmissionPolicy' && metadata.name === name,
    )?.spec.validations[index];
    if (validation) validation.expression = 'true';
    return { path, text: objects.map((each) => dump(each)).join('---\n') };
  });
}

for (const file of FILES) {
  for (const { metadata, spec } of policiesIn(file)) {
    for (const [index] of spec.validations.entries()) {
      const { name } = metadata;
      test(`a test fails when validation ${index} of ${name} always passes`, async (t) => {
        const folders = await discover([PACKS]);
        const folder = folders.find(({ policyFiles }) =>
          policyFiles.some(({ path }) => path === file.path),
        );
        if (folder === undefined) return t.fail('the pack has no tests');
        const run = (policyFiles: readonly PolicyFile[]) =>
          runTests({
            ...folder,
            policyFiles,
            readFile: () => undefined,
            wanted: (each) => each.startsWith(`${name}/`),
          }).results.filter(({ failures }) => failures.length > 0).length;
        t.is(run(folder.policyFiles), 0);
        t.true(run(without(folder.policyFiles, { path: file.path, name, index })) > 0);
      });
    }
  }
}

test('the policies of the sample are those of the pack', (t) => {
  for (const name of ['replica-bounds.yaml', 'pinned-image-tags.yaml']) {
    const text = readFileSync(join('examples/sample/policies', name), 'utf8');
    t.true(
      FILES.some((file) => file.path.endsWith(`/${name}`) && file.text === text),
      name,
    );
  }
});

/** Tests hold objects and policies that must not judge anybody. */
test('tests beside policies are no policies; a folder of policies may lie in one named tests', (t) => {
  t.false(isPolicyPath('policies/tests/replica-bounds.yaml', 'policies'));
  t.false(isPolicyPath('policies/tests/objects/shop.yaml'));
  t.true(isPolicyPath('tests/policies/replica-bounds.yaml', 'tests/policies'));
  t.true(isPolicyPath('./tests/policies/p.yaml'.slice(2), './tests/policies/'));
  t.false(isPolicyPath('tests/policies/tests/p.yaml', 'tests/policies'));
});
