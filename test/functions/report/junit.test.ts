// JUnit as the schema of the Jenkins plugin has it, read back by an XML parser.
import test from 'ava';
import { create } from 'xmlbuilder2';
import { renderJunit } from '../../../functions/report/junit.ts';
import { HOSTILE, hostileReport } from '../../helpers/hostile-report.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING } from '../../helpers/report-checks.ts';
import { finding, report } from '../../helpers/reports.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

interface DomNode {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: Iterable<DomNode>;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
}

function parse(xml: string): Element {
  // The reader decodes what an ampersand made of a number, and fails where that is no character.
  const readable = xml.replace(/&amp;(?=#\d{8,};)/g, '&amp;\u00ad');
  return elementOf(create(readable).root().node as unknown as DomNode);
}

function elementOf(node: DomNode): Element {
  const nodes = [...node.childNodes];
  return {
    name: node.nodeName,
    attributes: Object.fromEntries([...node.attributes].map(({ name, value }) => [name, value])),
    children: nodes.filter(({ nodeType }) => nodeType === 1).map(elementOf),
    text: nodes.map(({ nodeType, nodeValue }) => (nodeType === 3 ? nodeValue : '')).join(''),
  };
}

/** Elements, with their attributes (`!` is required) and what may stand in them. `file` and `line` are GitLab's. */
const RULES: Readonly<Record<string, { attributes: string[]; children: string[] }>> = {
  testsuites: {
    attributes: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
    children: ['testsuite'],
  },
  testsuite: {
    attributes: ['name!', 'tests!', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'id'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  testcase: {
    attributes: ['name!', 'classname', 'assertions', 'time', 'status', 'file', 'line'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  skipped: { attributes: ['message', 'type'], children: [] },
  error: { attributes: ['message', 'type!'], children: [] },
  failure: { attributes: ['message', 'type!'], children: [] },
  'system-out': { attributes: [], children: [] },
};

function faults({ name, attributes, children }: Element): string[] {
  const rule = RULES[name];
  if (rule === undefined) return [`${name} is unknown`];
  const known = rule.attributes.map((each) => each.replace('!', ''));
  const required = rule.attributes.filter((each) => each.endsWith('!'));
  return [
    ...Object.keys(attributes).filter((each) => !known.includes(each)),
    ...required.map((each) => each.slice(0, -1)).filter((each) => !(each in attributes)),
    ...children.filter((child) => !rule.children.includes(child.name)).map((child) => child.name),
    ...children.flatMap(faults),
  ];
}

/** The same without texts: what must not depend on them. */
function shape({ name, attributes, children }: Element): unknown {
  return [name, Object.keys(attributes), children.map(shape)];
}

for (const name of REPORT_NAMES) {
  test(`junit: ${name} keeps to the rules, and its numbers are right`, (t) => {
    const xml = renderJunit(REPORTS[name]);
    t.notRegex(xml, HIDING);
    t.notRegex(xml, /&(?!(amp|lt|gt|quot|apos);)/);
    const root = parse(xml);
    t.deepEqual(faults(root), []);
    const [suite] = root.children;
    const cases = suite?.children ?? [];
    const having = (kind: string) =>
      cases.filter(({ children }) => children.some((child) => child.name === kind)).length;
    const { attributes } = suite ?? root;
    t.is(Number(attributes.tests), cases.length);
    t.is(Number(attributes.failures), having('failure'));
    t.is(Number(attributes.errors), having('error'));
    t.is(Number(attributes.skipped), having('skipped'));
    const { findings, passed, waived } = REPORTS[name];
    t.true(cases.length <= findings.length + passed.length + waived.length);
  });
}

test('junit: no text of a repository becomes an element or an attribute', (t) => {
  t.deepEqual(
    shape(parse(renderJunit(hostileReport(HOSTILE)))),
    shape(parse(renderJunit(hostileReport('x')))),
  );
});

test('junit: a text is read back as it was', (t) => {
  const message = ']]> <b> &amp; &foo; "quoted" \'too\' | `x` %0A';
  const [suite] = parse(renderJunit(report({ findings: [finding({ message })] }))).children;
  const [failure] = suite?.children[0]?.children ?? [];
  t.is(failure?.attributes.message, message);
  t.true(failure?.text.includes(message));
});

test('junit: what looks like a character reference is text', (t) => {
  const xml = renderJunit(
    report({ findings: [finding({ message: '&#60;b&#62; &#9999999999;' })] }),
  );
  t.true(xml.includes('"&amp;#60;b&amp;#62; &amp;#9999999999;"'));
  t.true(xml.includes('>deny: &amp;#60;b&amp;#62; &amp;#9999999999;<'));
});

test('junit: a policy and an object are one case, however much is wrong', (t) => {
  // Readers that tell cases apart by name would drop all but one.
  const findings = [
    finding({ message: 'first' }),
    finding({ message: 'second', level: 'warn' }),
    finding({ message: 'third', level: 'error' }),
  ];
  const [suite] = parse(renderJunit(report({ findings }))).children;
  const [only, ...others] = suite?.children ?? [];
  t.is(others.length, 0);
  t.deepEqual(
    only?.children.map(({ name, attributes }) => [name, attributes.message]),
    [['failure', 'first']],
  );
  for (const word of ['first', 'second', 'third']) t.true(only?.children[0]?.text.includes(word));
});
