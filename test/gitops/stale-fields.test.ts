// Which fields an apply would remove: those that managedFields says we applied and that are no longer desired.
import test from 'ava';
import { staleFields } from '../../gitops/diff.ts';
import type { FieldSet } from '../../gitops/objects.ts';

const WEB = 'k:{"name":"web"}';
const HTTP = 'k:{"containerPort":80,"protocol":"TCP"}';
const container = (fields: FieldSet): FieldSet => ({
  'f:spec': { 'f:containers': { [WEB]: { '.': {}, 'f:name': {}, ...fields } } },
});
const spec = (...containers: object[]) => ({ spec: { containers } });
const web = { name: 'web', image: 'nginx' };

const rows: { title: string; desired: object; owned: FieldSet; want: string[] }[] = [
  { title: 'nothing owned', desired: spec(web), owned: {}, want: [] },
  {
    title: 'all that is owned is desired',
    desired: spec(web),
    owned: container({ 'f:image': {} }),
    want: [],
  },
  {
    title: 'a field',
    desired: spec({ name: 'web' }),
    owned: container({ 'f:image': {} }),
    want: ['.spec.containers[web].image'],
  },
  {
    title: 'a map counts once, not by what is in it',
    desired: {},
    owned: { 'f:spec': { 'f:tls': { 'f:a': {}, 'f:b': {} } } },
    want: ['.spec'],
  },
  {
    title: 'the deepest that is gone',
    desired: { metadata: { labels: { a: '1' } } },
    owned: { 'f:metadata': { 'f:labels': { 'f:a': {}, 'f:b': {} } } },
    want: ['.metadata.labels.b'],
  },
  {
    title: 'a name with dots and slashes',
    desired: { metadata: { labels: {} } },
    owned: { 'f:metadata': { 'f:labels': { '.': {}, 'f:app.kubernetes.io/name': {} } } },
    want: ['.metadata.labels.app.kubernetes.io/name'],
  },
  {
    title: 'a name that looks like a key',
    desired: { metadata: { labels: { 'k:x': '' } } },
    owned: { 'f:metadata': { 'f:labels': { 'f:k:x': {}, 'f:v:y': {} } } },
    want: ['.metadata.labels.v:y'],
  },
  {
    title: 'the dot is the node itself',
    desired: spec(web),
    owned: container({ '.': {} }),
    want: [],
  },
  {
    title: 'an item whose key is gone',
    desired: spec({ name: 'other' }),
    owned: container({ 'f:image': {} }),
    want: ['.spec.containers[web]'],
  },
  {
    title: 'an item by two keys',
    desired: spec({ ...web, ports: [{ containerPort: 80, protocol: 'TCP' }] }),
    owned: container({ 'f:ports': { [HTTP]: { '.': {}, 'f:containerPort': {} } } }),
    want: [],
  },
  {
    title: 'an item of which one key is another',
    desired: spec({ ...web, ports: [{ containerPort: 80, protocol: 'UDP' }] }),
    owned: container({ 'f:ports': { [HTTP]: {} } }),
    want: ['.spec.containers[web].ports[80/TCP]'],
  },
  {
    title: 'a value of a set that is there',
    desired: { metadata: { finalizers: ['a/b'] } },
    owned: { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a/b"': {} } } },
    want: [],
  },
  {
    title: 'a value of a set that is gone',
    desired: { metadata: { finalizers: ['c/d'] } },
    owned: { 'f:metadata': { 'f:finalizers': { 'v:"a/b"': {} } } },
    want: ['.metadata.finalizers["a/b"]'],
  },
  {
    title: 'a number in a set',
    desired: { ports: [80] },
    owned: { 'f:ports': { 'v:80': {}, 'v:81': {} } },
    want: ['.ports[81]'],
  },
  {
    title: 'an index that is there',
    desired: { args: ['a', 'b'] },
    owned: { 'f:args': { 'i:1': {} } },
    want: [],
  },
  {
    title: 'an index that is gone',
    desired: { args: ['a'] },
    owned: { 'f:args': { 'i:1': {} } },
    want: ['.args[1]'],
  },
  {
    title: 'a falsy value is desired',
    desired: { a: 0, b: false, c: '' },
    owned: { 'f:a': {}, 'f:b': {}, 'f:c': {} },
    want: [],
  },
  {
    title: 'an atomic list is one field',
    desired: { rules: [] },
    owned: { 'f:rules': {} },
    want: [],
  },
  {
    title: 'a list became a scalar',
    desired: { a: 1 },
    owned: { 'f:a': { 'k:{"name":"x"}': {} } },
    want: ['.a[x]'],
  },
  {
    title: 'several, in the order of the owner',
    desired: { a: {} },
    owned: { 'f:z': {}, 'f:a': { 'f:y': {}, 'f:x': {} } },
    want: ['.z', '.a.y', '.a.x'],
  },
];

for (const { title, desired, owned, want } of rows) {
  test(`staleFields: ${title}`, (t) => {
    t.deepEqual(staleFields(desired, owned), want);
  });
}
