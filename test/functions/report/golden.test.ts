// Every output of every kind of review as a file to be read. UPDATE_GOLDENS=1 writes them anew; read the difference
// before you commit it. Of the largest, only what is cut to a length is kept.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { FORMATS, type Format } from '../../../functions/report/formats.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';

const CASES = new URL('../../golden-reports/', import.meta.url);
const update = process.env.UPDATE_GOLDENS === '1' || process.argv.includes('--update');

const FILES: Readonly<Record<Format, string>> = {
  text: 'text.txt',
  json: 'json.json',
  markdown: 'markdown.md',
  sarif: 'sarif.json',
  junit: 'junit.xml',
  github: 'github.txt',
  gitlab: 'gitlab.json',
  openreports: 'openreports.json',
};

for (const name of REPORT_NAMES) {
  const large = name === 'huge' || name === 'long';
  const formats = large ? (['markdown'] as const) : (Object.keys(FILES) as Format[]);
  for (const format of formats) {
    test(`golden: ${name} as ${format}`, (t) => {
      const file = new URL(`${name}/${FILES[format]}`, CASES);
      const text = FORMATS[format](REPORTS[name]);
      if (update) {
        mkdirSync(new URL('.', file), { recursive: true });
        writeFileSync(file, text);
      }
      t.is(text, readFileSync(file, 'utf8'));
    });
  }
}

for (const [name, report] of Object.entries(REPORTS)) {
  test(`golden: ${name} is written alike each time`, (t) => {
    for (const render of Object.values(FORMATS)) t.is(render(report), render(report));
  });
}
