// Trace contexts from outside: what is exactly one is taken, all else is as if it were not there.
import test from 'ava';
import { entrySpan } from '../../functions/telemetry/entry.ts';
import { readTraceContext, traceparentOf } from '../../functions/telemetry/trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const GOOD = `00-${TRACE}-${SPAN}-01`;

test('trace context: it is read and written as W3C has it', (t) => {
  const context = { traceId: TRACE, spanId: SPAN, isSampled: true, state: '' };
  t.deepEqual(readTraceContext(GOOD), context);
  t.is(traceparentOf(context), GOOD);
  t.is(readTraceContext(`00-${TRACE}-${SPAN}-00`)?.isSampled, false);
  t.is(readTraceContext(`00-${TRACE}-${SPAN}-ff`)?.isSampled, true);
  t.is(readTraceContext(`cc-${TRACE}-${SPAN}-01-what-will-be`)?.traceId, TRACE);
});

const BAD: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  empty: '',
  'a list, as of two headers': [GOOD, GOOD],
  'two in one': `${GOOD}, ${GOOD}`,
  'an object': { toString: 5 },
  'in capitals': GOOD.toUpperCase(),
  'no trace': `00-${'0'.repeat(32)}-${SPAN}-01`,
  'no span': `00-${TRACE}-${'0'.repeat(16)}-01`,
  'a version that cannot be': `ff-${TRACE}-${SPAN}-01`,
  'more than version 00 has': `${GOOD}-01`,
  'too short': GOOD.slice(0, -1),
  'a line more': `${GOOD}\n`,
  'a line before': `\n${GOOD}`,
  'a header more': `${GOOD}\r\nx-evil: 1`,
  'letters that are no digits': GOOD.replace('4bf', '４bf'),
  '10 kB': `cc-${TRACE}-${SPAN}-01-${'a'.repeat(10_000)}`,
};

for (const [title, text] of Object.entries(BAD))
  test(`trace context: ${title} is none`, (t) => {
    t.is(readTraceContext(text), undefined);
  });

test('trace state: it is kept as it came, or not at all', (t) => {
  const stateOf = (state: unknown) => readTraceContext(GOOD, state)?.state;
  for (const good of ['a=1', 'a=1,b@c=2', 'rojo=00f067aa0ba902b7, congo=t61rcWkgMzE'])
    t.is(stateOf(good), good);
  const many = Array.from({ length: 33 }, (_, i) => `a${i}=1`).join(',');
  for (const bad of ['a', 'a=', 'A=1', 'a=1\r\nx: y', 'a=1,,b=2', `a=${'1'.repeat(600)}`, many, 5])
    t.is(stateOf(bad), '');
});

const event = { id: '1', source: 's', type: 't', subject: 'x', tracestate: '' };
const ENTRY = { name: 'POST /events', trigger: 'pubsub' } as const;
const START = `00-${'b'.repeat(32)}-${SPAN}-01`;

test('entry: the header is the hop, and what an event brings is where it started', (t) => {
  const spanFor = (headers: Record<string, string>, traceparent: string) =>
    entrySpan({ ...ENTRY, headers, event: { ...event, traceparent } }, false);
  const both = spanFor({ traceparent: GOOD }, START);
  t.is(both.parent?.traceId, TRACE);
  t.deepEqual(both.links?.map(traceparentOf), [START]);
  t.deepEqual(spanFor({ traceparent: GOOD }, GOOD).links, []);
  const direct = spanFor({}, START);
  t.is(direct.parent && traceparentOf(direct.parent), START);
  t.deepEqual(direct.links, []);
  t.is(spanFor({ traceparent: 'x' }, 'y').parent, undefined);
});

test('entry: what an event tells of itself is cut', (t) => {
  const long = `${'x'.repeat(254)}\u{1f600}${'y'.repeat(10_000)}`;
  const entry = { ...ENTRY, headers: {}, event: { ...event, source: long, traceparent: long } };
  const { facts, parent } = entrySpan(entry, true);
  t.is(String(facts['cloudevents.event_source']).length, 256);
  t.is(parent, undefined);
  t.true(facts['faas.coldstart']);
});
