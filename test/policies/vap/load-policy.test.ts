// What a policy's fields may be; texts and decisions are those of kube-apiserver 1.37.2 where it has them.
import test from 'ava';
import { findings, MATCH, policyYaml } from './policy-files.ts';

const VALID = 'validations: [{expression: "true"}]';
const rule = (fields: string) => `matchConstraints: {resourceRules: [{${fields}}]}\n${VALID}`;
const RULE = 'apiGroups: [""], apiVersions: [v1], operations: [CREATE]';

/** Each finding is to contain the text after its place. */
const rows: { title: string; spec: string; want: readonly string[] }[] = [
  { title: 'a policy', spec: `${MATCH}\n${VALID}`, want: [] },
  {
    title: 'nothing',
    spec: '{}',
    want: ['5:3: spec.matchConstraints: Required value', '5:3: spec.validations: Required value: '],
  },
  {
    title: 'null is nothing',
    spec: `${MATCH}\n${VALID}\nvariables: null\nmatchConditions:\n`,
    want: [],
  },
  {
    title: 'an unknown field',
    spec: `${MATCH}\n${VALID}\nfoo: 1`,
    want: ['7:8: spec.foo: unknown'],
  },
  {
    title: 'wrong types',
    spec: `${MATCH}\nvalidations: {}\nvariables: [x]\nauditAnnotations: [{key: 1, valueExpression: "null"}]`,
    want: [
      '6:16: spec.validations: expected a list, not an object',
      '7:15: spec.variables[0]: expected an object, not a text',
      '7:15: spec.variables[0].name: Required value: name is not specified',
      '7:15: spec.variables[0].expression: Required value: expression is not specified',
      '8:28: spec.auditAnnotations[0].key: expected a text, not a number: put it in quotes',
    ],
  },
  {
    title: 'failurePolicy',
    spec: `${MATCH}\n${VALID}\nfailurePolicy: Never`,
    want: [
      '7:18: spec.failurePolicy: Unsupported value: "Never": supported values: "Fail", "Ignore"',
    ],
  },
  {
    title: 'no rules',
    spec: `matchConstraints: {}\n${VALID}`,
    want: ['5:21: spec.matchConstraints.resourceRules: Required value'],
  },
  {
    title: 'a rule without anything',
    spec: rule(''),
    want: ['resources', 'operations', 'apiGroups', 'apiVersions'].map(
      (field) => `5:38: spec.matchConstraints.resourceRules[0].${field}: Required value`,
    ),
  },
  {
    title: '* stands alone',
    spec: rule(
      'apiGroups: ["*", a], apiVersions: ["*", v1], operations: ["*", CREATE], resources: ["*", x]',
    ),
    want: [
      '5:50: spec.matchConstraints.resourceRules[0].apiGroups: Invalid value: ["*","a"]: if \'*\' is present, must not specify other API groups',
      '5:73: spec.matchConstraints.resourceRules[0].apiVersions: Invalid value: ',
      '5:96: spec.matchConstraints.resourceRules[0].operations: Invalid value: ',
      '5:122: spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*","x"]: if \'*\' is present, must not specify other resources without subresources',
    ],
  },
  { title: '* after others', spec: rule(`${RULE}, resources: [x, "*"]`), want: [] },
  {
    title: 'resources that a wildcard has already',
    spec: rule(`${RULE}, resources: ["x/*", x/log, "*/scale", y/scale]`),
    want: [
      '5:116: spec.matchConstraints.resourceRules[0].resources[1]: Invalid value: "x/log": if \'x/*\' is present, must not specify x/log',
      '5:134: spec.matchConstraints.resourceRules[0].resources[3]: Invalid value: "y/scale": if \'*/scale\' is present, must not specify y/scale',
    ],
  },
  {
    title: '*/* stands alone',
    spec: rule(`${RULE}, resources: ["*/*", x]`),
    want: [
      '5:108: spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*/*","x"]: if \'*/*\'',
    ],
  },
  {
    title: 'words of a rule',
    spec: rule(
      'apiGroups: [""], apiVersions: [""], operations: [PATCH], resources: [""], scope: All',
    ),
    want: [
      '5:70: spec.matchConstraints.resourceRules[0].apiVersions[0]: Required value',
      '5:88: spec.matchConstraints.resourceRules[0].operations[0]: Unsupported value: "PATCH"',
      '5:108: spec.matchConstraints.resourceRules[0].resources[0]: Required value',
      '5:120: spec.matchConstraints.resourceRules[0].scope: Unsupported value: "All": supported values: "*", "Cluster", "Namespaced"',
    ],
  },
  {
    title: 'resource names',
    spec: rule(`${RULE}, resources: [x], resourceNames: [a, a, .., b/c]`),
    want: [
      '[1]: Duplicate value: "a"',
      '[2]: Invalid value: "..": may not be \'..\'',
      '[3]: Invalid value: "b/c": may not contain \'/\'',
    ],
  },
  {
    title: 'paramKind',
    spec: `${MATCH}\n${VALID}\nparamKind: {apiVersion: a/b/c, kind: "Con fig"}`,
    want: [
      '7:27: spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      '7:40: spec.paramKind.kind: Invalid value: "Con fig": may have mixed case, but should otherwise match: a DNS-1035',
    ],
  },
  {
    title: 'variables',
    spec: `${MATCH}\n${VALID}\nvariables:\n- {name: if, expression: "1"}\n- {name: 1a, expression: " "}\n- {name: b, expression: "1"}\n- {name: b, expression: "1"}`,
    want: [
      '8:12: spec.variables[0].name: Invalid value: "if": must be a valid CEL identifier',
      '9:12: spec.variables[1].name: Invalid value: "1a": must be a valid CEL identifier',
      '9:28: spec.variables[1].expression: Required value: expression is not specified',
      '11:12: spec.variables[3].name: Duplicate value: "b"',
    ],
  },
  {
    title: 'match conditions',
    spec: `${MATCH}\n${VALID}\nmatchConditions:\n- {name: a b, expression: "true"}\n- {name: c, expression: ""}\n- {name: c, expression: "1"}`,
    want: [
      '8:12: spec.matchConditions[0].name: Invalid value: "a b": name part must consist of',
      '9:27: spec.matchConditions[1].expression: Required value',
      '10:12: spec.matchConditions[2].name: Duplicate value: "c"',
      '10:28: spec.matchConditions[2].expression: must evaluate to bool but got int',
    ],
  },
  {
    title: 'too many match conditions',
    spec: `${MATCH}\n${VALID}\nmatchConditions: [${Array.from({ length: 65 }, (_, index) => `{name: c${index}, expression: "true"}`).join(', ')}]`,
    want: ['7:20: spec.matchConditions: Too many: 65: must have at most 64 items'],
  },
  {
    title: 'messages',
    spec: `${MATCH}\nvalidations:\n- {expression: "true", message: " "}\n- {expression: "true", message: "a\\nb"}\n- {expression: "true", messageExpression: " "}\n- {expression: "true", reason: NotFound}`,
    want: [
      '7:35: spec.validations[0].message: Invalid value: " ": must be non-empty if specified',
      '8:35: spec.validations[1].message: Invalid value: "a\\nb": must not contain line breaks',
      '9:45: spec.validations[2].messageExpression: Invalid value: " ": must be non-empty if specified',
      '10:34: spec.validations[3].reason: Unsupported value: "NotFound": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
  },
  {
    title: 'audit annotations',
    spec: `${MATCH}\nauditAnnotations:\n- {key: a b, valueExpression: "null"}\n- {key: c, valueExpression: ""}\n- {key: c, valueExpression: "1"}`,
    want: [
      '7:11: spec.auditAnnotations[0].key: Invalid value: "p/a b": name part must consist of',
      '8:31: spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified',
      '9:11: spec.auditAnnotations[2].key: Duplicate value: "c"',
      '9:32: spec.auditAnnotations[2].valueExpression: must evaluate to one of [string null_type] but got int',
    ],
  },
  {
    title: 'too much of audit annotations',
    spec: `${MATCH}\nauditAnnotations: [${Array.from({ length: 21 }, (_, index) => `{key: a${index}, valueExpression: "'${'x'.repeat(index === 0 ? 5119 : 1)}'"}`).join(', ')}]`,
    want: [
      'must not have more than 20 auditAnnotations',
      'spec.auditAnnotations[0].valueExpression: Required value: must not exceed 5120 bytes in length',
    ],
  },
];

for (const { title, spec, want } of rows) {
  test(title, (t) => {
    const found = findings(policyYaml(spec));
    t.is(found.length, want.length, found.join('\n'));
    for (const text of want)
      t.true(
        found.some((each) => each.includes(text)),
        found.join('\n'),
      );
  });
}
