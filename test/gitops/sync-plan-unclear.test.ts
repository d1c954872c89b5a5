// Files that do not tell all the names they mean: whatever they made stays, or a slip would be an outage.
import test from 'ava';
import { checkPlan, DELETED, good, type PlanRow } from '../helpers/sync-plans.ts';

const nameless = good('1');
const UNREADABLE = 'a: [';
const rows: PlanRow[] = [
  {
    title: 'a file that became unreadable keeps its entries',
    inventory: ['a@a.yaml', 'b@a.yaml', 'c@c.yaml'],
    files: { 'a.yaml': [UNREADABLE] },
    kept: ['a@a.yaml', 'b@a.yaml', 'c@c.yaml'],
    problems: ['a.yaml 1:5 not valid YAML'],
  },
  {
    title: 'a new file that is unreadable',
    files: { 'a.yaml': [UNREADABLE], 'b.yaml': [good('b')] },
    apply: ['b@b.yaml'],
    problems: ['a.yaml 1:5 not valid YAML'],
  },
  {
    title: 'moved away from a file that became unreadable',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': [UNREADABLE], 'b.yaml': [good('a')] },
    apply: ['a@b.yaml'],
    problems: ['a.yaml 1:5 not valid YAML'],
  },
  {
    title: 'a document that lost its name may be any of its file: all are kept',
    inventory: ['a@a.yaml', 'b@a.yaml', 'c@c.yaml'],
    files: { 'a.yaml': [nameless] },
    kept: ['a@a.yaml', 'b@a.yaml', 'c@c.yaml'],
    problems: ['a.yaml 3:18 metadata.name must be a text'],
  },
  {
    title: 'a document that lost its name beside a good one, which is applied',
    inventory: ['a@a.yaml', 'b@a.yaml', 'c@a.yaml'],
    files: { 'a.yaml': [good('a'), nameless] },
    apply: ['a@a.yaml'],
    kept: ['b@a.yaml', 'c@a.yaml'],
    problems: ['a.yaml 8:18 metadata.name must be a text'],
  },
  {
    title: 'text that is no object, behind a good document',
    inventory: ['a@a.yaml', 'b@a.yaml'],
    files: { 'a.yaml': [good('a'), 'hello\n'] },
    apply: ['a@a.yaml'],
    kept: ['b@a.yaml'],
    problems: ['a.yaml 6:1 expected an object'],
  },
  {
    title: 'moved away from a file with a document that lost its name',
    inventory: ['a@a.yaml', 'b@a.yaml'],
    files: { 'a.yaml': [nameless], 'b.yaml': [good('a')] },
    apply: ['a@b.yaml'],
    kept: ['b@a.yaml'],
    problems: ['a.yaml 3:18 metadata.name must be a text'],
  },
  {
    title: 'a document that lost its name may be that of a file that went',
    inventory: ['a@a.yaml', 'c@c.yaml'],
    files: { 'a.yaml': [nameless], 'c.yaml': DELETED },
    kept: ['a@a.yaml', 'c@c.yaml'],
    problems: ['a.yaml 3:18 metadata.name must be a text'],
  },
  {
    title: 'R25 moved into a new file that is unreadable',
    inventory: ['a@a.yaml', 'c@c.yaml'],
    files: { 'a.yaml': DELETED, 'b.yaml': [UNREADABLE] },
    kept: ['a@a.yaml', 'c@c.yaml'],
    problems: ['b.yaml 1:5 not valid YAML'],
  },
  {
    title: 'whole: an unreadable file keeps all entries',
    inventory: ['a@a.yaml', 'b@b.yaml'],
    files: { 'a.yaml': [UNREADABLE] },
    whole: true,
    kept: ['a@a.yaml', 'b@b.yaml'],
    problems: ['a.yaml 1:5 not valid YAML'],
  },
  {
    title: 'whole: a file with a document that lost its name keeps all entries',
    inventory: ['a@a.yaml', 'b@a.yaml', 'c@c.yaml'],
    files: { 'a.yaml': [good('a'), nameless] },
    whole: true,
    apply: ['a@a.yaml'],
    kept: ['b@a.yaml', 'c@c.yaml'],
    problems: ['a.yaml 8:18 metadata.name must be a text'],
  },
];

for (const row of rows) test(`planSync: ${row.title}`, (t) => checkPlan(t, row));
