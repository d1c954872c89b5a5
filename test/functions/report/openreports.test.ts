// OpenReports against the fields of the CRD.
import test from 'ava';
import { renderOpenReports } from '../../../functions/report/openreports.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING, schema } from '../../helpers/report-checks.ts';
import { finding, report, subject } from '../../helpers/reports.ts';

const broken = schema('test/schemas/openreports-v1alpha1.json');

interface Entry {
  readonly result: 'pass' | 'fail' | 'warn' | 'error' | 'skip';
  readonly scored: boolean;
  readonly message?: string;
  readonly resources: readonly { name: string; namespace: string }[];
}

interface Item {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly summary: Readonly<Record<Entry['result'], number>>;
  readonly results: readonly Entry[];
}

const itemsOf = (text: string) => (JSON.parse(text) as { items: Item[] }).items;

for (const name of REPORT_NAMES) {
  test(`openreports: ${name} keeps to the CRD`, (t) => {
    const text = renderOpenReports(REPORTS[name]);
    t.deepEqual(broken(JSON.parse(text)), []);
    t.notRegex(text, HIDING);
    const names = itemsOf(text).map(({ metadata: m }) => `${m.namespace}/${m.name}`);
    t.is(new Set(names).size, names.length);
  });

  test(`openreports: ${name} sums up what it holds, in objects that etcd takes`, (t) => {
    const { findings, passed, waived } = REPORTS[name];
    const items = itemsOf(renderOpenReports(REPORTS[name]));
    for (const item of items) {
      const counted = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
      for (const { result } of item.results) counted[result]++;
      t.deepEqual(item.summary, counted);
      // An API server takes 1.5 MiB of one request.
      t.true(JSON.stringify(item).length * 2 < 1_500_000);
    }
    const about = findings.filter((each) => each.subject !== undefined);
    const all = items.flatMap(({ results }) => results);
    t.is(all.length, about.length + passed.length + waived.length);
  });
}

test('openreports: a warning is not scored, as the CRD has it', (t) => {
  const [item] = itemsOf(renderOpenReports(REPORTS.warned));
  const scored = item?.results.map(({ result, scored: is }) => `${result} ${is}`);
  t.deepEqual(new Set(scored), new Set(['warn false', 'pass true']));
});

test('openreports: each namespace has its own, none that cannot be', (t) => {
  const findings = ['shop', 'pay', 'shop', '', '../x'].map((namespace, index) =>
    finding({ subject: subject({ namespace, name: `app-${index}` }) }),
  );
  const items = itemsOf(renderOpenReports(report({ findings, head: 'My apps/_x' })));
  t.deepEqual(
    items.map(({ metadata, results }) => [metadata.namespace, results.length]),
    [
      ['shop', 2],
      ['pay', 1],
      [undefined, 2],
    ],
  );
  t.true(items.every(({ metadata }) => metadata.name === 'webapp-review-my-apps-x'));
});
