// What macros become. The trees and messages are those of cel-go v0.29.2 with the macros of the API server.
import test from 'ava';
import type { Expr } from '../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../policies/cel/syntax/parser.ts';
import { allMacros, printExpr, printParsed } from './print-expr.ts';

const expansions: Record<string, string> = {
  'has(a.b.c)': '(has (. a b) c)',
  'has(a.`b-c`)': '(has a b-c)',
  'has(has(a.b))': '(has a b)',
  'l.all(x, p)':
    '(fold x in l; @result = true; (@not_strictly_false @result); (_&&_ @result p); @result)',
  'l.exists(x, p)':
    '(fold x in l; @result = false; (@not_strictly_false (!_ @result)); (_||_ @result p); @result)',
  'l.exists_one(x, p)':
    '(fold x in l; @result = 0; true; (_?_:_ p (_+_ @result 1) @result); (_==_ @result 1))',
  'l.map(x, f)': '(fold x in l; @result = []; true; (_+_ @result [f]); @result)',
  'l.map(x, p, f)':
    '(fold x in l; @result = []; true; (_?_:_ p (_+_ @result [f]) @result); @result)',
  'l.filter(x, p)':
    '(fold x in l; @result = []; true; (_?_:_ p (_+_ @result [x]) @result); @result)',
  'l.all(.x, p)':
    '(fold .x in l; @result = true; (@not_strictly_false @result); (_&&_ @result p); @result)',
  'o.optMap(x, f)':
    '(_?_:_ (.hasValue o) (optional.of (fold #unused in []; x = (.value o); false; x; f)) (optional.none))',
  'o.optFlatMap(x, f)':
    '(_?_:_ (.hasValue o) (fold #unused in []; x = (.value o); false; x; f) (optional.none))',
  'l.sortBy(x, k)':
    '(fold #unused in []; @__sortBy_input__ = l; false; @__sortBy_input__; (.@sortByAssociatedKeys @__sortBy_input__ (fold x in @__sortBy_input__; @result = []; true; (_+_ @result [k]); @result)))',
  'l.all(i, x, p)':
    '(fold i,x in l; @result = true; (@not_strictly_false @result); (_&&_ @result p); @result)',
  'l.exists(i, x, p)':
    '(fold i,x in l; @result = false; (@not_strictly_false (!_ @result)); (_||_ @result p); @result)',
  'l.existsOne(i, x, p)':
    '(fold i,x in l; @result = 0; true; (_?_:_ p (_+_ @result 1) @result); (_==_ @result 1))',
  'l.exists_one(i, x, p)':
    '(fold i,x in l; @result = 0; true; (_?_:_ p (_+_ @result 1) @result); (_==_ @result 1))',
  'l.transformList(i, x, f)': '(fold i,x in l; @result = []; true; (_+_ @result [f]); @result)',
  'l.transformList(i, x, p, f)':
    '(fold i,x in l; @result = []; true; (_?_:_ p (_+_ @result [f]) @result); @result)',
  'm.transformMap(k, v, f)':
    '(fold k,v in m; @result = {}; true; (cel.@mapInsert @result k f); @result)',
  'm.transformMap(k, v, p, f)':
    '(fold k,v in m; @result = {}; true; (_?_:_ p (cel.@mapInsert @result k f) @result); @result)',
  'm.transformMapEntry(k, v, f)':
    '(fold k,v in m; @result = {}; true; (cel.@mapInsert @result f); @result)',
  'm.transformMapEntry(k, v, p, f)':
    '(fold k,v in m; @result = {}; true; (_?_:_ p (cel.@mapInsert @result f) @result); @result)',
};

/** Calls that only look like a macro. */
const plain: Record<string, string> = {
  '.has(a.b)': '(.has (. a b))',
  'a.has(b.c)': '(.has a (. b c))',
  'has(a.b, c)': '(has (. a b) c)',
  'all(x, p)': '(all x p)',
  'l.all(x)': '(.all l x)',
  'l.existsOne(x, p)': '(.existsOne l x p)',
  'l.filter(i, x, p)': '(.filter l i x p)',
  'l.transformMap(k, v)': '(.transformMap l k v)',
};

for (const [source, tree] of Object.entries({ ...expansions, ...plain })) {
  test(`expands ${source}`, (t) => t.is(printParsed(source), tree));
}

test('expands macros within the parts of others', (t) => {
  t.is(
    printParsed('l.map(x, has(x.a)).filter(y, [has(y.b), {1: T{f: has(z.c)}}] == y[has(q.d)])'),
    '(fold y in (fold x in l; @result = []; true; (_+_ @result [(has x a)]); @result); @result = []; true; (_?_:_ (_==_ [(has y b) {1:T{f:(has z c)}}] (_[_] y (has q d))) (_+_ @result [y]) @result); @result)',
  );
});

const misuses: Record<string, string> = {
  'has(a)': '4 invalid argument to has() macro',
  'has(a[0])': '5 invalid argument to has() macro',
  'has(a.?b)': '5 invalid argument to has() macro',
  'has(a.b())': '7 invalid argument to has() macro',
  'l.all(x.y, p)': '7 argument must be a simple name',
  'l.exists(1, p)': '9 argument must be a simple name',
  'l.map(x(), p)': '7 argument is not an identifier',
  'l.filter([], p)': '9 argument is not an identifier',
  'l.all(__result__, p)': '6 iteration variable overwrites accumulator variable',
  'l.map(__result__, p)': '6 iteration variable overwrites accumulator variable',
  'l.all(i, 1, p)': '9 argument must be a simple name',
  'l.all(1, 2, p)': '6 argument must be a simple name',
  'l.transformList(i, i, p)': '19 duplicate variable name: i',
  'l.transformMap(i, __result__, p)': '18 iteration variable overwrites accumulator variable',
  'o.optMap(x.y, p)': '10 optMap() variable name must be a simple identifier',
  'o.optFlatMap("x", p)': '13 optFlatMap() variable name must be a simple identifier',
  'l.sortBy(1, k)': '9 argument is not an identifier',
  '{}.sortBy(x, k)':
    '0 sortBy can only be applied to a list, identifier, comprehension, call or select expression',
  'l.all(for, p)': '6 reserved identifier: for; 6 argument must be a simple name',
  'has(a) && has(b)': '4 invalid argument to has() macro; 14 invalid argument to has() macro',
};

for (const [source, problem] of Object.entries(misuses)) {
  test(`refuses ${source}`, (t) => t.is(printParsed(source), problem));
}

test('numbers every node once, also where a macro repeats what it is called on', (t) => {
  const copied = '[a.b, {1: T{f: -c[?0]}}.d(e), has(g.h), ?l.all(x, x)]';
  const expr = parse(
    `${copied}.optMap(x, x).sortBy(y, y).transformMap(k, v, k)`,
    allMacros,
  ) as Expr;
  const ids = [...JSON.stringify(expr, textOfBigint).matchAll(/"id":(\d+)/g)].map(([, id]) => id);
  t.true(ids.length > 50);
  t.is(new Set(ids).size, ids.length);
  t.is(printExpr(expr).split(printParsed(copied)).length, 3);
});

function textOfBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('knows only the macros it is given', (t) => {
  const none = parse('l.all(x, has(x.y))', []) as Expr;
  t.is(printExpr(none), '(.all l x (has (. x y)))');
});
