// From the inventory and the files that changed to what is applied, pruned and kept.
import test from 'ava';
import { bad, checkPlan, DELETED, good, type PlanRow } from '../helpers/sync-plans.ts';

const SPEC = 'spec must be an object';
const rows: PlanRow[] = [
  { title: 'nothing changed', inventory: ['a@a.yaml'], files: {}, kept: ['a@a.yaml'] },
  {
    title: 'a file was added',
    inventory: ['a@a.yaml'],
    files: { 'b.yaml': [good('b')] },
    apply: ['b@b.yaml'],
    kept: ['a@a.yaml'],
  },
  {
    title: 'a file was changed',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': [good('a')] },
    apply: ['a@a.yaml'],
  },
  {
    title: 'a file was deleted',
    inventory: ['a@a.yaml', 'b@b.yaml'],
    files: { 'a.yaml': DELETED },
    prune: ['a'],
    kept: ['b@b.yaml'],
  },
  {
    title: 'a document left its file',
    inventory: ['a@a.yaml', 'b@a.yaml'],
    files: { 'a.yaml': [good('a')] },
    apply: ['a@a.yaml'],
    prune: ['b'],
  },
  {
    title: 'a file was emptied',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': ['# nothing\n'] },
    prune: ['a'],
  },
  {
    title: 'renamed in its file',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': [good('b')] },
    apply: ['b@a.yaml'],
    prune: ['a'],
  },
  {
    title: 'moved to a new file',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': DELETED, 'b.yaml': [good('a')] },
    apply: ['a@b.yaml'],
  },
  {
    title: 'moved between files that stay',
    inventory: ['a@1.yaml', 'b@1.yaml', 'c@2.yaml'],
    files: { '1.yaml': [good('b')], '2.yaml': [good('c'), good('a')] },
    apply: ['b@1.yaml', 'c@2.yaml', 'a@2.yaml'],
  },
  {
    title: 'two changed places',
    inventory: ['a@1.yaml', 'b@2.yaml'],
    files: { '1.yaml': [good('b')], '2.yaml': [good('a')] },
    apply: ['b@1.yaml', 'a@2.yaml'],
  },
  {
    title: 'twice in one new file: none is applied',
    files: { 'a.yaml': [good('a'), good('a'), good('b')] },
    apply: ['b@a.yaml'],
    problems: [
      'a.yaml 3:18 WebApp a is defined again in this file; keep one of them',
      'a.yaml 8:18 WebApp a is defined again in this file; keep one of them',
    ],
  },
  {
    title: 'twice in one file that was good: it is kept',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': [good('a'), good('a')] },
    kept: ['a@a.yaml'],
    problems: [
      'a.yaml 3:18 WebApp a is defined again in this file',
      'a.yaml 8:18 WebApp a is defined again in this file',
    ],
  },
  {
    title: 'in two new files: none is applied',
    files: { '1.yaml': [good('a')], '2.yaml': [good('a')] },
    problems: [
      '1.yaml 3:18 WebApp a is defined in 2.yaml too',
      '2.yaml 3:18 WebApp a is defined in 1.yaml too',
    ],
  },
  {
    title: 'in a new file and one that did not change: that one stays',
    inventory: ['a@1.yaml'],
    files: { '2.yaml': [good('a')] },
    kept: ['a@1.yaml'],
    problems: ['2.yaml 3:18 WebApp a is defined in 1.yaml too'],
  },
  {
    title: 'a document that became bad keeps its entry',
    inventory: ['a@a.yaml', 'b@a.yaml'],
    files: { 'a.yaml': [bad('a'), good('b')] },
    apply: ['b@a.yaml'],
    kept: ['a@a.yaml'],
    problems: [`a.yaml 4:7 ${SPEC}`],
  },
  {
    title: 'a new document that is bad',
    files: { 'a.yaml': [bad('a')] },
    problems: [`a.yaml 4:7 ${SPEC}`],
  },
  {
    title: 'a bad document moved: its old entry is kept',
    inventory: ['a@a.yaml'],
    files: { 'a.yaml': DELETED, 'b.yaml': [bad('a')] },
    kept: ['a@a.yaml'],
    problems: [`b.yaml 4:7 ${SPEC}`],
  },
  {
    title: 'whole: what no file names is gone',
    inventory: ['a@a.yaml', 'b@b.yaml'],
    files: { 'a.yaml': [good('a')] },
    whole: true,
    apply: ['a@a.yaml'],
    prune: ['b'],
  },
  {
    title: 'whole and empty: all is gone',
    inventory: ['a@a.yaml', 'b@b.yaml'],
    files: {},
    whole: true,
    prune: ['a', 'b'],
  },
  {
    title: 'whole: moved is no duplicate',
    inventory: ['a@old.yaml'],
    files: { 'new.yaml': [good('a')] },
    whole: true,
    apply: ['a@new.yaml'],
  },
  {
    title: 'whole: an entry of which nobody knows the file',
    inventory: ['a@'],
    files: { 'a.yaml': [good('a')] },
    whole: true,
    apply: ['a@a.yaml'],
  },
  {
    title: 'whole: one of which nobody knows the file and that no file names',
    inventory: ['a@'],
    files: {},
    whole: true,
    prune: ['a'],
  },
];

for (const row of rows) test(`planSync: ${row.title}`, (t) => checkPlan(t, row));
