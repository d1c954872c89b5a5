// The environment of admission policies: functions, variables and macros as the API server declares them.
import { readFileSync } from 'node:fs';
import test from 'ava';
import type { Environment } from '../../../policies/cel/environment.ts';
import {
  type AdmissionOptions,
  admissionEnvironment,
} from '../../../policies/cel/kubernetes-environment.ts';
import type { Overload } from '../../../policies/cel/library.ts';
import { formatType, type Type } from '../../../policies/cel/types/types.ts';

const all: AdmissionOptions = { params: true, authorizer: true, mode: 'stored' };

/** Functions with their overloads in the order in which they are tried; the operators that nobody can name are left out. */
type Listing = Record<string, Record<string, string>>;

/** A listing of k8s.io/apiserver 0.37.2 with cel-go 0.29.2, without what its checker does not see. */
const declared: Listing = JSON.parse(
  readFileSync(new URL('environment.json', import.meta.url), 'utf8'),
);

function listingOf(environment: Environment): Listing {
  const names = [...environment.functions.keys()].sort();
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        (environment.function(name) ?? []).map((each) => [each.id, signatureOf(each)]),
      ),
    ]),
  );
}

function signatureOf({ name, member, args, result }: Overload): string {
  const [receiver, ...rest] = args.map(write);
  const call = member
    ? `${receiver}.${name}(${rest.join(', ')})`
    : `${name}(${args.map(write).join(', ')})`;
  return `${call} -> ${write(result)}`;
}

/** Writes a type as signatures do, with type parameters in angle brackets. */
function write(type: Type): string {
  switch (type.kind) {
    case 'parameter':
      return `<${type.name}>`;
    case 'list':
      return `list(${write(type.element)})`;
    case 'map':
      return `map(${write(type.key)}, ${write(type.value)})`;
    case 'type':
      return type.of ? `type(${write(type.of)})` : 'type';
    case 'opaque':
      return type.parameters.length
        ? `${type.name}(${type.parameters.map(write).join(', ')})`
        : type.name;
    default:
      return formatType(type);
  }
}

/** JSON keeps the order of keys, so that the order of overloads is compared, too. */
function ordered(listing: Listing): string[] {
  return Object.entries(listing).map(([name, overloads]) => `${name} ${JSON.stringify(overloads)}`);
}

test('a stored policy may use the functions of the API server', (t) => {
  t.deepEqual(ordered(listingOf(admissionEnvironment(all))), ordered(declared));
});

test('a new policy may use those that the release before had, too', (t) => {
  const { includes, indexOf, lastIndexOf, ...others } = declared;
  const {
    indexOf: newIndexOf,
    lastIndexOf: newLastIndexOf,
    ...found
  } = listingOf(admissionEnvironment({ ...all, mode: 'new' }));
  t.truthy(includes);
  t.deepEqual(ordered(found), ordered(others));
  t.deepEqual(newIndexOf, indexOf);
  t.deepEqual(newLastIndexOf, lastIndexOf);
  t.is(Object.keys(newIndexOf ?? {})[0], 'list_a_index_of_int');
});

test('macros are those of the API server', (t) => {
  const keys = admissionEnvironment(all).macros.map(
    ({ name, argCount, receiver }) => `${name}:${argCount}:${receiver}`,
  );
  t.deepEqual(keys.sort(), [
    'all:2:true',
    'all:3:true',
    'exists:2:true',
    'exists:3:true',
    'existsOne:3:true',
    'exists_one:2:true',
    'exists_one:3:true',
    'filter:2:true',
    'has:1:false',
    'map:2:true',
    'map:3:true',
    'optFlatMap:2:true',
    'optMap:2:true',
    'sortBy:2:true',
    'transformList:3:true',
    'transformList:4:true',
    'transformMap:3:true',
    'transformMap:4:true',
    'transformMapEntry:3:true',
    'transformMapEntry:4:true',
  ]);
});

const always = ['namespaceObject', 'object', 'oldObject', 'request', 'variables'];
const optional = [
  { options: { params: false, authorizer: false }, want: [] },
  { options: { params: true, authorizer: false }, want: ['params'] },
  {
    options: { params: false, authorizer: true },
    want: ['authorizer', 'authorizer.requestResource'],
  },
];

for (const { options, want } of optional) {
  test(`variables with ${JSON.stringify(options)}`, (t) => {
    const { variables } = admissionEnvironment({ ...options, mode: 'stored' });
    t.deepEqual(Object.keys(variables).sort(), [...want, ...always].sort());
  });
}

test('an environment is made once', (t) => {
  t.is(admissionEnvironment({ ...all }), admissionEnvironment({ ...all }));
  t.not(admissionEnvironment(all), admissionEnvironment({ ...all, params: false }));
});
