// The report itself, and its published schema.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { renderJson } from '../../../functions/report/json.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING, schema } from '../../helpers/report-checks.ts';

const FILE = 'docs/review-report.schema.json';
const broken = schema(FILE);

for (const name of REPORT_NAMES) {
  test(`json: ${name} is the report, and keeps to the schema`, (t) => {
    const text = renderJson(REPORTS[name]);
    t.deepEqual(JSON.parse(text), REPORTS[name]);
    t.deepEqual(broken(JSON.parse(text)), []);
    t.notRegex(text, HIDING);
    t.notRegex(text, /##\w*\[/);
  });
}

type Json = { [key: string]: unknown };

/** Every object in a value, with the way to it. */
function* objectsIn(value: unknown, path: string[] = []): Generator<{ path: string[]; at: Json }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { path, at: value as Json };
  for (const [key, item] of Object.entries(value)) yield* objectsIn(item, [...path, key]);
}

test('json: a field that the schema does not name is refused wherever it stands', (t) => {
  for (const name of REPORT_NAMES.filter((each) => each !== 'huge')) {
    const copy = structuredClone(REPORTS[name]) as unknown as Json;
    for (const { path, at } of [...objectsIn(copy)]) {
      at.surplus = 1;
      t.true(broken(copy).length > 0, `${name} ${path.join('.')}`);
      delete at.surplus;
    }
    t.deepEqual(broken(copy), []);
  }
});

test('json: a field that the schema requires is missed wherever it is gone', (t) => {
  const copy = structuredClone(REPORTS.unchanged) as unknown as Json;
  for (const key of Object.keys(copy)) {
    const { [key]: _, ...rest } = copy;
    t.true(broken(rest).length > 0, key);
  }
});

test('json: the schema describes every field, and each is written in some review', (t) => {
  const text = JSON.parse(readFileSync(new URL(`../../../${FILE}`, import.meta.url), 'utf8'));
  const written = new Set(
    Object.values(REPORTS).flatMap((report) =>
      [...objectsIn(report)].flatMap(({ at }) => Object.keys(at)),
    ),
  );
  for (const { path, at } of objectsIn(text)) {
    if (path.at(-1) !== 'properties') continue;
    for (const [name, field] of Object.entries(at) as [string, Json][]) {
      t.true(written.has(name), name);
      t.true('description' in field || '$ref' in field, `${path.join('.')}.${name}`);
    }
  }
});
