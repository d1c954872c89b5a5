// The review for a terminal or a log.
import test from 'ava';
import { renderText } from '../../../functions/report/text.ts';
import { HOSTILE, hostileReport } from '../../helpers/hostile-report.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING } from '../../helpers/report-checks.ts';
import { finding, place, report } from '../../helpers/reports.ts';

for (const name of REPORT_NAMES) {
  test(`text: ${name} can be printed anywhere`, (t) => {
    const text = renderText(REPORTS[name]);
    t.notRegex(text, HIDING);
    t.notRegex(text, /\t/);
    // Neither form of a workflow command of GitHub Actions, nor of Azure Pipelines.
    t.notRegex(text, /^\s*::|##\w*\[/m);
    t.regex(text, /\n\d+ checks? on \d+ changed WebApps?: [^\n]+\n$|^\d+ checks? on [^\n]+\n$/);
  });
}

test('text: no text of a repository makes a line', (t) => {
  const lines = (text: string) => renderText(hostileReport(text)).split('\n').length;
  t.is(lines(HOSTILE), lines('x'));
});

test('text: a finding begins as editors jump to it, and its place is marked', (t) => {
  const lines = renderText(REPORTS.denied).split('\n');
  t.is(
    lines[0],
    'apps/shop.yaml:7:13  DENY   max-replicas  WebApp shop/shop: replicas must be <= 10',
  );
  const row = lines.findIndex((line) => line.includes('replicas: 12'));
  const column = lines[row]?.indexOf('12');
  t.is(lines[row + 1]?.indexOf('^^'), column);
});

test('text: the mark stays beside what is cut or has tabs', (t) => {
  const marked = (excerpt: string, column: number) => {
    const findings = [
      finding({
        place: place('a.yaml', 1, { column, length: 3 }),
        excerpt: { line: 1, lines: [excerpt] },
      }),
    ];
    const [, row = '', mark = ''] = renderText(report({ findings })).split('\n');
    return { row, mark };
  };
  const tabbed = marked('a:\t\u202exyz', 5);
  t.is(tabbed.mark.indexOf('^'), tabbed.row.indexOf('xyz'));
  const cut = marked('x'.repeat(160), 10_000);
  t.true(cut.mark.length <= cut.row.length + 1);
});
