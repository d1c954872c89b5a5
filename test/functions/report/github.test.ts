// Workflow commands, read as the runner of GitHub Actions reads them.
import test from 'ava';
import { renderGithub } from '../../../functions/report/github.ts';
import { HOSTILE, hostileReport } from '../../helpers/hostile-report.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING } from '../../helpers/report-checks.ts';
import { finding, place, report } from '../../helpers/reports.ts';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What a line does; nothing where it is text for the log. The older form is found anywhere in a line. */
function commandOf(line: string): Command | undefined {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (text.startsWith('::') && end > 2) return newForm(text.slice(2, end), text.slice(end + 2));
  const old = /##\w*\[([^\]\s]+)/.exec(line);
  return old === null ? undefined : { name: String(old[1]), properties: {}, data: 'older form' };
}

function newForm(head: string, data: string): Command {
  const [, name = '', list = ''] = /^(\S+) ?(.*)$/.exec(head) ?? [];
  const pairs = list.split(',').map((pair) => /^([^=]*)=(.*)$/.exec(pair.trim()));
  const properties = pairs.flatMap((pair) =>
    pair === null ? [] : [[pair[1], unescapeData(unescapeProperty(pair[2] ?? ''))] as const],
  );
  return { name, properties: Object.fromEntries(properties), data: unescapeData(data) };
}

function unescapeProperty(text: string): string {
  return text.replaceAll('%3A', ':').replaceAll('%2C', ',');
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function commandsOf(text: string): Command[] {
  // The runner ends lines at either character.
  return text.split(/\r\n|\r|\n/).flatMap((line) => commandOf(line) ?? []);
}

const LEVELS = ['error', 'warning', 'notice'];

for (const name of REPORT_NAMES) {
  test(`github: ${name} is read as annotations, at most ten of a kind`, (t) => {
    const text = renderGithub(REPORTS[name]);
    t.notRegex(text, HIDING);
    const commands = commandsOf(text);
    for (const level of LEVELS) {
      t.true(commands.filter((each) => each.name === level).length <= 10, level);
    }
    t.deepEqual(
      commands.filter((each) => !LEVELS.includes(each.name)),
      [],
    );
    t.is(commands.at(-1)?.properties.title, 'Policy review');
  });
}

test('github: where, and what', (t) => {
  const [first] = commandsOf(renderGithub(REPORTS.denied));
  t.deepEqual(first, {
    name: 'error',
    properties: {
      file: 'apps/shop.yaml',
      line: '7',
      endLine: '7',
      col: '13',
      endColumn: '15',
      title: 'max-replicas',
    },
    data: 'replicas must be <= 10',
  });
});

test('github: a place of several lines has no columns', (t) => {
  const lines = { ...place('a.yaml', 3, { column: 5 }), endLine: 4 };
  const [first] = commandsOf(renderGithub(report({ findings: [finding({ place: lines })] })));
  t.deepEqual(Object.keys(first?.properties ?? {}), ['file', 'line', 'endLine', 'title']);
});

test('github: what GitHub would drop is told in the log, line by line', (t) => {
  const text = renderGithub(REPORTS.huge);
  const lines = text.trimEnd().split('\n');
  // 10 errors, 10 warnings, 9 notices and the verdict are commands.
  t.is(commandsOf(text).length, 30);
  t.is(lines.filter((line) => commandOf(line) === undefined).length, 3000 - 29);
});

test('github: no text of a repository becomes a command', (t) => {
  const names = (text: string) => commandsOf(text).map(({ name }) => name);
  t.deepEqual(names(renderGithub(hostileReport(HOSTILE))), names(renderGithub(hostileReport('x'))));
});

test('github: a text is read back as it was', (t) => {
  const message = '100% %0A a::b,c=d';
  const findings = [finding({ message, place: place('a,b:c=%.yaml', 1) })];
  const [first] = commandsOf(renderGithub(report({ findings })));
  t.is(first?.data, message);
  t.is(first?.properties.file, 'a,b:c=%.yaml');
});
