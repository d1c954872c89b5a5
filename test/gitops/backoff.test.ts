import test from 'ava';
import { isBackingOff } from '../../gitops/attempts.ts';
import {
  backoffDelay,
  oneMore,
  REQUEST_LENGTH,
  readRetry,
  writeRetry,
} from '../../gitops/backoff.ts';
import { NOW, webapp } from '../helpers/builders.ts';

const delays: [failures: number, seconds: number][] = [
  [1, 1],
  [2, 2],
  [3, 4],
  [4, 8],
  [5, 16],
  [6, 32],
  [7, 64],
  [8, 128],
  [9, 256],
  [10, 300],
  [11, 300],
  [1_000, 300],
  [Number.MAX_SAFE_INTEGER, 300],
  [0, 1],
  [-5, 1],
];

for (const [failures, seconds] of delays) {
  test(`backoff: after ${failures} failures ${seconds} s and up to one more`, (t) => {
    t.is(backoffDelay(failures, 0), seconds * 1_000);
    t.is(backoffDelay(failures, 0.5), seconds * 1_000 + 500);
    t.is(backoffDelay(failures, 0.999_999), seconds * 1_000 + 999);
  });
}

const meta = webapp({ metadata: { generation: 4 } }).metadata;
const SOON = '2026-01-02T03:04:15.000Z';
const good = { uid: 'uid-of-shop', generation: 4, failures: 3, nextAttemptAt: SOON };
const text = (part: object) => JSON.stringify({ ...good, ...part });

test('retry: what was written is read', (t) => {
  const retry = { failures: 3, nextAttemptAt: NOW + 10_000 };
  t.is(writeRetry(meta, retry), JSON.stringify(good));
  t.deepEqual(readRetry(meta, writeRetry(meta, retry), NOW), retry);
});

test('retry: the commit that failed is named', (t) => {
  const retry = { failures: 3, nextAttemptAt: NOW + 10_000, revision: 'main@sha1:c1' };
  const fetched = { ...retry, fetched: true } as const;
  t.deepEqual(readRetry(meta, writeRetry(meta, retry), NOW), retry);
  t.deepEqual(readRetry(meta, writeRetry(meta, fetched), NOW), fetched);
});

for (const odd of [null, 1, ['main'], { toString: 1 }]) {
  test(`retry: as good as without a commit or a request: ${JSON.stringify(odd)}`, (t) => {
    const want = { failures: 3, nextAttemptAt: NOW + 10_000 };
    t.deepEqual(readRetry(meta, text({ revision: odd, request: odd, fetched: odd }), NOW), want);
  });
}

test('retry: the request that was answered in vain is named, and the longest is read back', (t) => {
  const request = '\u0000'.repeat(REQUEST_LENGTH);
  const revision = `${'"'.repeat(255)}@sha1:${'0'.repeat(40)}`;
  const retry = { failures: 1_000, nextAttemptAt: NOW + 10_000, revision, request };
  t.deepEqual(readRetry(meta, writeRetry(meta, retry), NOW), retry);
});

const THREE = { failures: 3, nextAttemptAt: NOW };
const C1 = { revision: 'c1', fetched: true };
const counts: [
  title: string,
  before: object | undefined,
  revision: string | undefined,
  want: object,
  request?: string,
][] = [
  ['the first', undefined, 'c1', { failures: 1, ...C1 }],
  ['the first, of nobody knows what', undefined, undefined, { failures: 1 }],
  ['of the same commit', { revision: 'c1' }, 'c1', { failures: 4, ...C1 }],
  ['of another commit', { revision: 'c1' }, 'c2', { failures: 1, revision: 'c2', fetched: true }],
  ['of nobody knows what', C1, undefined, { failures: 4, revision: 'c1' }],
  ['after a count that names none', {}, 'c1', { failures: 4, ...C1 }],
  ['where nothing comes from a commit', {}, undefined, { failures: 4 }],
  ['the first, of a request', undefined, undefined, { failures: 1, request: 'r1' }, 'r1'],
  ['after a request', {}, undefined, { failures: 1, request: 'r1' }, 'r1'],
  ['of the same request', { request: 'r1' }, undefined, { failures: 4, request: 'r1' }, 'r1'],
  ['of another request', { request: 'r1' }, undefined, { failures: 1, request: 'r2' }, 'r2'],
  ['of a request that was withdrawn', { request: 'r1' }, undefined, { failures: 1 }],
  [
    'of the same commit, after a request',
    { revision: 'c1' },
    'c1',
    { failures: 1, ...C1, request: 'r1' },
    'r1',
  ],
  [
    'of nobody knows what, after a request',
    { revision: 'c1' },
    undefined,
    { failures: 1, revision: 'c1', request: 'r1' },
    'r1',
  ],
];

for (const [title, before, revision, want, request] of counts) {
  test(`retry: one more failure, ${title}`, (t) => {
    t.deepEqual(oneMore(before && { ...THREE, ...before }, { revision, request }), want);
  });
}

const absent: { title: string; input: string }[] = [
  { title: 'none', input: '' },
  { title: 'of an object that was replaced', input: text({ uid: 'other' }) },
  { title: 'without a uid', input: text({ uid: undefined }) },
  { title: 'of another generation', input: text({ generation: 3 }) },
  { title: 'of a generation that is text', input: text({ generation: '4' }) },
  { title: 'half JSON', input: text({}).slice(0, 40) },
  { title: 'no JSON', input: 'NaN' },
  { title: 'a number', input: '3' },
  { title: 'null', input: 'null' },
  { title: 'a list', input: '[1]' },
  { title: 'an empty object', input: '{}' },
  { title: '10 KB', input: text({ more: 'x'.repeat(10_240) }) },
  { title: 'failures NaN', input: text({}).replace(':3,', ':"NaN",') },
  { title: 'failures -1', input: text({ failures: -1 }) },
  { title: 'failures 0', input: text({ failures: 0 }) },
  { title: 'failures 1e309', input: text({}).replace(':3,', ':1e309,') },
  { title: 'failures 1.5', input: text({ failures: 1.5 }) },
  { title: 'failures null', input: text({ failures: null }) },
  { title: 'failures a list', input: text({ failures: [1, 2] }) },
  { title: 'failures an object', input: text({ failures: {} }) },
  { title: 'no date', input: text({ nextAttemptAt: undefined }) },
  { title: 'a date that is none', input: text({ nextAttemptAt: 'tomorrow' }) },
  { title: 'a date beyond all time', input: text({ nextAttemptAt: '+999999-01-01T00:00:00Z' }) },
];

for (const { title, input } of absent) {
  test(`retry: as good as none: ${title}`, (t) => {
    t.is(readRetry(meta, input, NOW), undefined);
  });
}

const clamped: { title: string; input: string; want: object }[] = [
  {
    title: 'year 9999 is due',
    input: text({ nextAttemptAt: '9999-12-31T23:59:59Z' }),
    want: { failures: 3, nextAttemptAt: NOW },
  },
  {
    title: 'more than a minute beyond the longest wait is due',
    input: text({ nextAttemptAt: new Date(NOW + 3_660_001) }),
    want: { failures: 3, nextAttemptAt: NOW },
  },
  {
    title: 'the longest wait that a server may ask for is kept, by a clock that is behind, too',
    input: text({ nextAttemptAt: new Date(NOW + 3_660_000) }),
    want: { failures: 3, nextAttemptAt: NOW + 3_660_000 },
  },
  {
    title: 'a moment that is over stays over',
    input: text({ nextAttemptAt: new Date(0) }),
    want: { failures: 3, nextAttemptAt: 0 },
  },
  {
    title: 'failures beyond counting',
    input: text({ failures: 1e15 }),
    want: { failures: 1_000, nextAttemptAt: NOW + 10_000 },
  },
  {
    title: 'names of the prototype',
    input: text({}).replace('{', '{"__proto__":{"failures":9},'),
    want: { failures: 3, nextAttemptAt: NOW + 10_000 },
  },
];

for (const { title, input, want } of clamped) {
  test(`retry: read with distrust: ${title}`, (t) => {
    t.deepEqual(readRetry(meta, input, NOW) as object, want);
  });
}

test('retry: an object without uid and generation has no retry that fits', (t) => {
  t.is(readRetry({ name: 'a', uid: 'x' }, text({}), NOW), undefined);
});

const RETRY = 'webapps.example.com/retry';
const ASKED = 'webapps.example.com/requestedAt';
const waits: {
  title: string;
  annotations: Record<string, string>;
  handled?: string;
  want: boolean;
}[] = [
  { title: 'nothing failed', annotations: {}, want: false },
  { title: 'the next attempt is to come', annotations: { [RETRY]: text({}) }, want: true },
  {
    title: 'the next attempt is due',
    annotations: { [RETRY]: text({ nextAttemptAt: new Date(NOW) }) },
    want: false,
  },
  {
    title: 'a new request does not wait',
    annotations: { [RETRY]: text({}), [ASKED]: 'b' },
    handled: 'a',
    want: false,
  },
  {
    title: 'a first request does not wait',
    annotations: { [RETRY]: text({}), [ASKED]: 'a' },
    want: false,
  },
  {
    title: 'a request that was answered waits',
    annotations: { [RETRY]: text({}), [ASKED]: 'a' },
    handled: 'a',
    want: true,
  },
  {
    title: 'a change of the spec does not wait',
    annotations: { [RETRY]: text({ generation: 3 }) },
    want: false,
  },
];

for (const { title, annotations, handled, want } of waits) {
  test(`isBackingOff: ${title}`, (t) => {
    const object = webapp({ metadata: { generation: 4, annotations } });
    t.is(isBackingOff(object, handled, NOW), want);
  });
}
