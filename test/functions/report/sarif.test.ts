// SARIF against the part of its schema that a review uses, and against the limits of GitHub code scanning.
import test from 'ava';
import type { Log } from 'sarif';
import { renderSarif } from '../../../functions/report/sarif.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING, schema } from '../../helpers/report-checks.ts';
import { fileFinding, finding, place, policy, report } from '../../helpers/reports.ts';

const broken = schema('test/schemas/sarif-2.1.0.json');

/** The only run of a review, as a reader of SARIF sees it. */
function runOf(text: string) {
  const log = JSON.parse(text) as Log;
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return { rules: run.tool.driver.rules ?? [], results: run.results ?? [] };
}

for (const name of REPORT_NAMES) {
  test(`sarif: ${name} keeps to the schema`, (t) => {
    const text = renderSarif(REPORTS[name]);
    t.deepEqual(broken(JSON.parse(text)), []);
    t.notRegex(text, HIDING);
    t.notRegex(text, /##\w*\[/);
  });

  test(`sarif: every result of ${name} has its rule, and a fingerprint of its own`, (t) => {
    const { rules, results } = runOf(renderSarif(REPORTS[name]));
    t.is(results.length, REPORTS[name].findings.length);
    const ids = new Set(rules.map(({ id }) => id));
    t.is(ids.size, rules.length);
    t.true(results.every(({ ruleId = '' }) => ids.has(ruleId)));
    const prints = results.map(({ partialFingerprints: p }) => p?.primaryLocationLineHash);
    t.is(new Set(prints).size, results.length);
  });
}

test('sarif: the line of the finding comes first, the policy is related', (t) => {
  const { results } = runOf(renderSarif(REPORTS.denied));
  const uris = results.map(({ locations = [], relatedLocations = [] }) =>
    [...locations, ...relatedLocations].map(
      ({ physicalLocation: p }) => `${p?.artifactLocation?.uri}:${p?.region?.startLine}`,
    ),
  );
  t.deepEqual(uris[0], ['apps/shop.yaml:7', 'policies/max-replicas.yaml:14']);
});

test('sarif: a finding without a place stands at its policy, or at the repository', (t) => {
  const { place: _, ...placeless } = finding();
  const findings = [placeless, fileFinding('no policies')];
  const text = renderSarif(report({ findings }));
  t.deepEqual(broken(JSON.parse(text)), []);
  const uris = runOf(text).results.map(
    ({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri,
  );
  t.deepEqual(uris, ['policies/max-replicas.yaml', '.']);
});

test('sarif: paths are encoded', (t) => {
  const findings = [finding({ place: place('a b/c:d#é%.yaml', 1) })];
  const [result] = runOf(renderSarif(report({ findings }))).results;
  const uri = result?.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
  t.is(uri, 'a%20b/c%3Ad%23%C3%A9%25.yaml');
});

test('sarif: no text of a repository becomes a link', (t) => {
  const findings = [finding({ message: 'see [x](0) and [y](https://evil.example)' })];
  const [result] = runOf(renderSarif(report({ findings }))).results;
  // As CodeQL's viewer reads it: a bracket behind a backslash closes nothing.
  t.notRegex(result?.message.text ?? '', /(?<!\\)\]\(/);
});

test('sarif: at most 25,000 results and rules, the worst ones', (t) => {
  const levels = ['deny', 'warn'] as const;
  const findings = levels.flatMap((level) =>
    Array.from({ length: 13_000 }, (_, index) =>
      finding({ level, message: `${level} ${index}`, policy: policy(`${level}-${index}`) }),
    ),
  );
  const { rules, results } = runOf(renderSarif(report({ findings })));
  t.is(results.length, 25_000);
  t.is(rules.length, 25_000);
  t.is(results.filter(({ level }) => level === 'error').length, 13_000);
});
