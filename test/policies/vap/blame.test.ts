// The fields that a review points to: those that made an expression false.
import test from 'ava';
import { evaluatePolicies } from '../../../policies/index.ts';
import { DEPLOYMENTS } from './judging.ts';
import { bindingYaml, fileOf, loaded, policyYaml } from './policy-files.ts';
import { deployment, request } from './requests.ts';

const OBJECT = deployment({
  replicas: 12,
  labels: { app: 'shop', 'a.b/c': 'x' },
  images: ['a:1', 'b:latest', 'c'],
});
const CONTAINERS = 'object.spec.template.spec.containers';
const at = (rest: string) => `spec.template.spec.containers.${rest}`;

const rows: {
  expression: string;
  variables?: readonly (readonly [string, string])[];
  want: readonly string[];
}[] = [
  { expression: 'object.spec.replicas <= 3', want: ['spec.replicas = 12'] },
  { expression: 'object["spec"]["replicas"] <= 3', want: ['spec.replicas = 12'] },
  { expression: 'object.?spec.?replicas.orValue(1) <= 3', want: ['spec.replicas = 12'] },
  { expression: '!(object.spec.replicas > 3)', want: ['spec.replicas = 12'] },
  {
    expression: '"x" in object.metadata.labels',
    want: ['metadata.labels = {"app":"shop","a.b/c":"x"}'],
  },
  { expression: 'object.metadata.labels["a.b/c"] == "y"', want: ['metadata.labels.a.b/c = "x"'] },
  { expression: 'has(object.spec.paused)', want: ['spec.paused = undefined'] },
  { expression: `${CONTAINERS}[1].image == "x"`, want: [at('1.image = "b:latest"')] },
  {
    expression: `${CONTAINERS}.all(c, !c.image.endsWith(":latest"))`,
    want: [at('1.image = "b:latest"')],
  },
  {
    expression: `${CONTAINERS}.all(c, c.image.contains(":") && !c.image.endsWith(":latest"))`,
    want: [at('1.image = "b:latest"'), at('2.image = "c"')],
  },
  {
    expression: `!${CONTAINERS}.exists(c, c.image.endsWith(":latest"))`,
    want: [at('1.image = "b:latest"')],
  },
  {
    expression: `${CONTAINERS}.exists(c, c.name == "x")`,
    want: [at('0.name = "c0"'), at('1.name = "c1"'), at('2.name = "c2"')],
  },
  { expression: `${CONTAINERS}.all(i, c, i != 2 || c.image == "x")`, want: [at('2.image = "c"')] },
  {
    expression: `${CONTAINERS}.all(c, has(c.resources))`,
    want: ['0', '1', '2'].map((i) => at(`${i}.resources = undefined`)),
  },
  {
    expression: 'object.metadata.labels.all(k, object.metadata.labels[k] != "x")',
    want: ['metadata.labels.a.b/c = "x"'],
  },
  {
    expression: 'object.metadata.labels.all(k, v, v != "x")',
    want: ['metadata.labels.a.b/c = "x"'],
  },
  {
    expression: 'object.spec.replicas < 20 && object.metadata.name == "x"',
    want: ['metadata.name = "shop"'],
  },
  {
    expression: 'object.spec.replicas < 3 || object.metadata.name == "x"',
    want: ['spec.replicas = 12', 'metadata.name = "shop"'],
  },
  {
    expression: 'object.metadata.name == "shop" ? object.spec.replicas < 3 : object.kind == "x"',
    want: ['spec.replicas = 12', 'metadata.name = "shop"'],
  },
  {
    expression: 'variables.count <= 3',
    variables: [['count', 'object.spec.replicas']],
    want: ['spec.replicas = 12'],
  },
  {
    expression: 'variables.ok',
    variables: [['ok', 'object.spec.replicas <= 3 && has(object.kind)']],
    want: ['spec.replicas = 12'],
  },
  {
    expression: 'variables.cs.all(c, c.image != "c")',
    variables: [['cs', CONTAINERS]],
    want: [at('2.image = "c"')],
  },
  {
    expression: `size(${CONTAINERS}.filter(c, c.image == "c")) == 0`,
    want: ['spec.template.spec.containers'],
  },
  { expression: 'object.spec.nothing == 1', want: ['spec.nothing = undefined'] },
  { expression: 'request.operation == "DELETE"', want: [] },
  { expression: 'object.spec.none.all(c, c == 1)', want: ['spec.none = undefined'] },
];

for (const { expression, variables = [], want } of rows) {
  test(expression, (t) => {
    const list = variables.map(
      ([name, text]) => `- {name: ${name}, expression: ${JSON.stringify(text)}}`,
    );
    const spec = `${DEPLOYMENTS}\nvariables:\n${list.join('\n')}\nvalidations:\n- expression: ${JSON.stringify(expression)}\n`;
    const set = loaded(
      fileOf(policyYaml(spec), bindingYaml('policyName: p\nvalidationActions: [Deny]')),
    );
    const [decision] = evaluatePolicies(set, request({ object: OBJECT }));
    t.true(decision?.outcome === 'fail' || decision?.outcome === 'error');
    const shown = decision?.fields.map(
      ({ path, value }) => `${path.join('.')} = ${JSON.stringify(value)}`,
    );
    t.deepEqual(
      shown?.map((each, index) => (want[index]?.includes(' = ') ? each : each.split(' = ')[0])),
      [...want],
    );
  });
}

test('what passes reads nothing worth telling', (t) => {
  const spec = `${DEPLOYMENTS}\nvalidations: [{expression: object.spec.replicas == 12}]`;
  const set = loaded(
    fileOf(policyYaml(spec), bindingYaml('policyName: p\nvalidationActions: [Deny]')),
  );
  t.deepEqual(evaluatePolicies(set, request({ object: OBJECT }))[0]?.fields, []);
});

test('telling never takes long, however long the lists are', (t) => {
  const images = Array.from({ length: 400 }, (_, index) => `i${index}`);
  const loop = `${CONTAINERS}.all(a, ${CONTAINERS}.all(b, a.image != b.image))`;
  const spec = `${DEPLOYMENTS}\nvalidations: [{expression: '${loop}'}]`;
  const set = loaded(
    fileOf(policyYaml(spec), bindingYaml('policyName: p\nvalidationActions: [Deny]')),
  );
  const start = performance.now();
  const [decision] = evaluatePolicies(set, request({ object: deployment({ images }) }));
  t.true(performance.now() - start < 10_000);
  t.true((decision?.fields.length ?? 0) <= 20);
});
