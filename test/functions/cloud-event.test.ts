// CloudEvents as Knative's ApiServerSource sends them, and as it would never send them.
import test from 'ava';
import { decodeCloudEvent } from '../../functions/cloud-event.ts';

const OBJECT = { apiVersion: 'example.com/v1', kind: 'WebApp' };
const KEY = { name: 'shop', namespace: 'default' };
const ATTRIBUTES = {
  specversion: '1.0',
  id: 'id-1',
  source: 'https://10.0.0.1',
  apiversion: 'example.com/v1',
  kind: 'WebApp',
  ...KEY,
};
const type = (word: string) => `dev.knative.apiserver.${word}`;
const DATA = {
  ref: { ...OBJECT, ...KEY },
  resource: { ...OBJECT, metadata: { ...KEY, uid: 'u' }, spec: { image: 'a', name: 'other' } },
};

type Json = Record<string, unknown>;
const binary = (attributes: Json, data: unknown) => {
  const headers = Object.entries(attributes).map(([key, value]) => [`ce-${key}`, value as string]);
  const given = { 'content-type': 'application/json', ...Object.fromEntries(headers) };
  return decodeCloudEvent(given, Buffer.from(text(data)));
};
const structured = (attributes: Json, data: unknown, type = 'application/cloudevents+json') =>
  decodeCloudEvent({ 'content-type': type }, Buffer.from(text({ ...attributes, data })));
const text = (data: unknown) => (typeof data === 'string' ? data : JSON.stringify(data));

for (const [mode, decode] of Object.entries({ binary, structured })) {
  for (const [form, data] of Object.entries(DATA)) {
    for (const verb of ['add', 'update', 'delete']) {
      test(`cloud event: ${mode}, ${form}.${verb}`, (t) => {
        const attributes = { ...ATTRIBUTES, type: type(`${form}.${verb}`) };
        const { source, specversion, apiversion, ...rest } = attributes;
        t.deepEqual(decode(attributes, data), {
          kind: 'event',
          subject: { ...rest, apiVersion: apiversion },
          about: {
            ...{ id: rest.id, source, type: rest.type, subject: '' },
            ...{ traceparent: '', tracestate: '' },
          },
        });
      });
    }
  }

  test(`cloud event: ${mode}, the key stands in the data alone`, (t) => {
    for (const [form, data] of Object.entries(DATA)) {
      const attributes = { specversion: '1.0', id: 'id-1', type: type(`${form}.add`) };
      t.like(decode(attributes, data), {
        kind: 'event',
        subject: { apiVersion: 'example.com/v1', kind: 'WebApp', ...KEY },
      });
    }
  });

  test(`cloud event: ${mode}, the attributes count before the data`, (t) => {
    const attributes = { ...ATTRIBUTES, type: type('ref.add') };
    const decoded = decode(attributes, { ...DATA.ref, name: 'forged', namespace: 'kube-system' });
    t.like(decoded, { kind: 'event', subject: KEY });
  });
}

test('cloud event: binary, no data is needed when the attributes name the object', (t) => {
  t.like(binary({ ...ATTRIBUTES, type: type('ref.add') }, ''), { kind: 'event', subject: KEY });
  t.like(binary({ ...ATTRIBUTES, type: type('ref.add') }, 'null'), { kind: 'event', subject: KEY });
});

test('cloud event: structured, with a character set', (t) => {
  const attributes = { ...ATTRIBUTES, type: type('ref.add') };
  const decoded = structured(attributes, DATA.ref, 'application/cloudevents+json; charset=utf-8');
  t.like(decoded, { kind: 'event', subject: KEY });
});

const SPEC = 'specversion must be 1.0';
const rows: { title: string; attributes: Json; data?: unknown; want: object }[] = [
  {
    title: 'another version',
    attributes: { specversion: '0.3' },
    want: { kind: 'malformed', reason: SPEC },
  },
  {
    title: 'no version',
    attributes: { specversion: undefined },
    want: { kind: 'malformed', reason: SPEC },
  },
  {
    title: 'another source’s type',
    attributes: { type: 'dev.knative.sources.ping' },
    want: { kind: 'ignored', reason: 'events of type dev.knative.sources.ping are not handled' },
  },
  {
    title: 'a type with more behind it',
    attributes: { type: type('ref.add.x') },
    want: { kind: 'ignored', reason: `events of type ${type('ref.add.x')} are not handled` },
  },
  {
    title: 'no type',
    attributes: { type: undefined },
    want: { kind: 'ignored', reason: 'events of type  are not handled' },
  },
];

const NAMELESS = { kind: 'malformed', reason: 'name must be the name of an object' };
const HOMELESS = { kind: 'malformed', reason: 'namespace must be the name of a namespace' };
const names: { title: string; value: string }[] = [
  { title: 'empty', value: '' },
  { title: 'climbing', value: '../secrets' },
  { title: 'with a slash', value: 'a/b' },
  { title: 'with an escape', value: 'a%2fb' },
  { title: 'with a query', value: 'a?watch=1' },
  { title: 'with line ends', value: 'a\r\nx: y' },
  { title: 'with a last line end', value: 'shop\n' },
  { title: 'with a NUL', value: 'a\u0000' },
  { title: 'in capitals', value: 'Shop' },
  { title: '__proto__', value: '__proto__' },
  { title: 'a dot', value: '.' },
  { title: 'two dots', value: '..' },
  { title: 'ending in a dash', value: 'a-' },
  { title: 'too long', value: 'a'.repeat(254) },
  { title: 'of other letters', value: 'ѕhop' },
];

for (const { title, value } of names) {
  rows.push({ title: `a name ${title}`, attributes: { name: value }, want: NAMELESS });
  rows.push({ title: `a namespace ${title}`, attributes: { namespace: value }, want: HOMELESS });
}

for (const [mode, decode] of Object.entries({ binary, structured })) {
  for (const { title, attributes, data = DATA.ref, want } of rows) {
    test(`cloud event: ${mode}, ${title}`, (t) => {
      t.deepEqual(
        decode({ ...ATTRIBUTES, type: type('ref.add'), ...attributes }, data),
        want as never,
      );
    });
  }
}

test('cloud event: the longest name there is', (t) => {
  const name = 'a'.repeat(253);
  t.like(binary({ ...ATTRIBUTES, type: type('ref.add'), name }, DATA.ref), { subject: { name } });
});

const BARE = { specversion: '1.0', id: 'x', type: type('ref.add') };
const strange: { title: string; body: string }[] = [
  { title: 'no JSON', body: '{' },
  { title: 'nothing', body: '' },
  { title: 'null', body: 'null' },
  { title: 'a number', body: '5' },
  { title: 'a list', body: '[]' },
  { title: 'a text', body: '"shop"' },
  { title: 'metadata null', body: '{"metadata":null}' },
  { title: 'metadata a text', body: '{"metadata":"x"}' },
  { title: 'names that are numbers', body: '{"metadata":{"name":1,"namespace":2}}' },
  { title: 'names that are lists', body: '{"metadata":{"name":["shop"],"namespace":["default"]}}' },
  { title: '__proto__', body: '{"__proto__":{"name":"shop","namespace":"default"}}' },
  {
    title: 'metadata of __proto__',
    body: '{"metadata":{"__proto__":{"name":"shop","namespace":"default"}}}',
  },
  { title: 'bytes that are no text', body: '\ufffd\ufffd' },
];

for (const { title, body } of strange) {
  test(`cloud event: binary, data that are ${title}`, (t) => {
    t.is(binary(BARE, body).kind, 'malformed');
  });
  test(`cloud event: structured, a body that is ${title}`, (t) => {
    const headers = { 'content-type': 'application/cloudevents+json' };
    t.is(decodeCloudEvent(headers, Buffer.from(body)).kind, 'malformed');
  });
}

test('cloud event: Object.prototype stays as it is', (t) => {
  binary({ ...BARE, ['__proto__']: 'x' }, '{"__proto__":{"polluted":1}}');
  structured({ ...BARE }, { constructor: { prototype: { polluted: 1 } } });
  t.is(({} as { polluted?: number }).polluted, undefined);
});

test('cloud event: neither mode', (t) => {
  t.deepEqual(decodeCloudEvent({}, Buffer.from('{}')), { kind: 'malformed', reason: SPEC });
});

const due = (extensions: Json) =>
  binary({ ...ATTRIBUTES, type: 'com.example.webapps.due', ...extensions }, '');

test('cloud event: what is due says what to look at', (t) => {
  t.like(due({}), { kind: 'event', subject: { ...KEY, due: {} } });
  for (const check of ['changed', 'all'])
    t.like(due({ check }), { kind: 'event', subject: { ...KEY, due: { check } } });
  t.deepEqual(due({ check: 'everything' }), {
    kind: 'malformed',
    reason: 'check must be one of moved, changed, all',
  });
});

test('cloud event: nobody else says what to look at', (t) => {
  const decoded = binary({ ...ATTRIBUTES, type: type('ref.add'), check: 'all' }, '');
  t.true(decoded.kind === 'event' && decoded.subject.due === undefined);
});
