// Generated and damaged texts with the trees that cel-go v0.29.2 makes of them; null where it refuses.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { allMacros, printParsed } from './print-expr.ts';

const corpus: [source: string, tree: string | null][] = JSON.parse(
  readFileSync(new URL('parser-corpus.json', import.meta.url), 'utf8'),
);

test('accepts what cel-go accepts, as the same tree', (t) => {
  for (const [source, tree] of corpus) if (tree !== null) t.is(printParsed(source), tree, source);
});

test('refuses what cel-go refuses, at a place within the text', (t) => {
  for (const [source, tree] of corpus) {
    if (tree !== null) continue;
    const problems = parse(source, allMacros);
    t.true(Array.isArray(problems) && problems.length > 0, source);
    if (!Array.isArray(problems)) continue;
    for (const { at, message } of problems) {
      t.true(at.start >= 0 && at.start <= at.end && at.end <= source.length, source);
      t.regex(message, /^[^\n]+$/, source);
    }
  }
});
