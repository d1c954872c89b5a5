// Parts of the object that the API server will choose: they are there, but what they are decides nothing here.
import test from 'ava';
import { Undetermined } from '../../../policies/objects/index.ts';
import type { AdmissionInput } from '../../../policies/vap/request.ts';
import { judge, passed, type Row, unknown, validation } from './judging.ts';
import { deployment } from './requests.ts';

const open = (): AdmissionInput['object'] => {
  const object = deployment();
  const uid = new Undetermined('x');
  return {
    ...object,
    metadata: { ...object.metadata, uid },
    spec: { ...object.spec, ips: [uid], plain: ['a'] },
  };
};

const rows: Row[] = [
  {
    title: 'a uid that is chosen later',
    spec: validation('object.metadata.uid == "x"'),
    input: { object: open() },
    ...unknown,
  },
  {
    title: 'there is one',
    spec: validation('has(object.metadata.uid)'),
    input: { object: open() },
    ...passed,
  },
  {
    title: 'beside what is known',
    spec: validation('object.metadata.name == "shop"'),
    input: { object: open() },
    ...passed,
  },
  ...[
    '"name" in object.metadata && "uid" in object.metadata && !("x" in object.metadata)',
    'type(object.metadata) == map',
    'object.metadata.exists(key, key == "uid")',
    'dyn(object.metadata).name.startsWith("shop")',
    'object.metadata[?"name"].orValue("") == "shop"',
    'has(object.metadata.uid) && !has(object.metadata.nothing)',
    'object != null && object.metadata != null && !(object.metadata == null)',
  ].map((each) => ({
    title: `a map of which something is not known is a map: ${each}`,
    spec: validation(each),
    input: { object: open() },
    ...passed,
  })),
  ...[
    'object.metadata.all(key, value, value != "")',
    'object.metadata[?"uid"].orValue("") == "x"',
    'string(object.metadata.uid) == "x"',
    'object.metadata in [oldObject]',
    '[object.metadata].exists(m, m.uid == "x")',
  ].map((each) => ({
    title: `nobody knows: ${each}`,
    spec: validation(each),
    input: { object: open(), oldObject: open() },
    ...unknown,
  })),
  {
    title: 'compared as a part of more',
    spec: validation('object != {"a": 1}'),
    input: { object: open() },
    ...passed,
  },
  {
    title: 'equal but for what is not known',
    spec: validation('object.metadata == oldObject.metadata'),
    input: { object: open(), oldObject: open(), operation: 'UPDATE' },
    ...unknown,
  },
  {
    title: 'not equal, as far as that is known',
    spec: validation('object.metadata != oldObject.metadata'),
    input: { object: open(), oldObject: open(), operation: 'UPDATE' },
    ...unknown,
  },
  {
    title: 'in a variable that compares',
    spec: validation(
      'variables.same',
      'variables: [{name: same, expression: object == oldObject}]',
    ),
    input: { object: open(), oldObject: open(), operation: 'UPDATE' },
    ...unknown,
  },
  {
    title: 'an element of a list',
    spec: validation('object.spec.ips == ["x"]'),
    input: { object: open() },
    ...unknown,
  },
  {
    title: 'another list',
    spec: validation('object.spec.plain == ["a"]'),
    input: { object: open() },
    ...passed,
  },
  {
    title: 'a generated name',
    spec: validation('request.name == "x"'),
    input: { object: { metadata: { generateName: 'x-', namespace: 'team' } } },
    ...unknown,
  },
];

for (const row of rows) test(row.title, (t) => judge(t, row));
