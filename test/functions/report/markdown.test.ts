// The comment, read by a Markdown parser: what a repository holds must not decide its shape, its links or its length.
import test from 'ava';
import { marked, type Token, type Tokens } from 'marked';
import { type MarkdownOptions, renderMarkdown } from '../../../functions/report/markdown.ts';
import { HOSTILE, hostileReport } from '../../helpers/hostile-report.ts';
import { REPORT_NAMES, REPORTS } from '../../helpers/report-cases.ts';
import { HIDING } from '../../helpers/report-checks.ts';
import { finding, place, report } from '../../helpers/reports.ts';

const MARKER = '<!-- webapp-review -->';

/** Addresses as a forge's page has them, and every one that was asked for. */
function linking() {
  const made = new Set<string>();
  const linkTo: MarkdownOptions['linkTo'] = ({ path, line }, side) => {
    const encoded = path.toWellFormed().split('/').map(encodeURIComponent).join('/');
    const address = `https://git.example/acme/fleet/blob/${side}/${encoded}#L${line}`;
    made.add(address);
    return address;
  };
  return { made, options: { marker: MARKER, linkTo } };
}

const TAGS = new Set(
  'h3 h4 p table thead tbody tr th td a code pre blockquote strong em details summary sub'.split(
    ' ',
  ),
);

interface Tag {
  readonly name: string;
  readonly attributes: string;
}

/** Tags of the page as rendered, without the marker. */
function tagsOf(markdown: string): Tag[] {
  const html = (marked.parse(markdown) as string).replace(MARKER, '');
  return [...html.matchAll(/<(\/?[a-z0-9]+|!--)([^>]*)>/gi)].map(([, name = '', rest = '']) => ({
    name,
    attributes: rest.trim(),
  }));
}

function tokensOf(markdown: string): Token[] {
  const all: Token[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token) => {
    all.push(token);
  });
  return all;
}

/** Fences and folds that are still open at the end. */
function leftOpen(markdown: string): string[] {
  const lines = markdown.split('\n').filter((line) => /^`{3,}|^<\/?details>$/.test(line));
  const open: string[] = [];
  for (const line of lines) {
    const last = open.at(-1) ?? '';
    const [closing] = last.startsWith('`') ? [last] : ['</details>'];
    if (line === closing) open.pop();
    else if (closing === '</details>') open.push(line.replace(/\w+$/, ''));
  }
  return open;
}

for (const name of REPORT_NAMES) {
  test(`markdown: ${name} has no tag and no attribute but ours, and all are closed`, (t) => {
    const { options } = linking();
    const markdown = renderMarkdown(REPORTS[name], options);
    for (const { name: tag, attributes } of tagsOf(markdown)) {
      t.true(TAGS.has(tag.replace('/', '')), tag);
      t.regex(attributes, /^$|^href="https:\/\/git\.example\/[^"]*"$|^class="language-\w+"$/);
    }
    t.deepEqual(leftOpen(markdown), []);
    const folds = tagsOf(markdown).filter(({ name: tag }) => tag === 'details').length;
    t.is(folds, tagsOf(markdown).filter(({ name: tag }) => tag === '/details').length);
  });

  test(`markdown: ${name} links only to where it is told`, (t) => {
    const { made, options } = linking();
    const tokens = tokensOf(renderMarkdown(REPORTS[name], options));
    const links = tokens.filter((token): token is Tokens.Link => token.type === 'link');
    for (const { href } of links) {
      const found = [...made].some((address) => decode(address) === decode(href));
      t.true(found, href);
    }
    t.false(tokens.some(({ type }) => type === 'image' || type === 'def'));
    const without = tokensOf(renderMarkdown(REPORTS[name]));
    t.false(without.some(({ type }) => type === 'link'));
  });

  test(`markdown: every row of ${name} has the columns of its table`, (t) => {
    const tokens = tokensOf(renderMarkdown(REPORTS[name], linking().options));
    const tables = tokens.filter((token): token is Tokens.Table => token.type === 'table');
    t.is(tables.length > 0, name !== 'unchanged');
    for (const { header, raw } of tables) {
      // Parsers differ in what a backslash does before a bar, so there is none but those of the table.
      for (const row of raw.trimEnd().split('\n')) t.is(row.split('|').length, header.length + 2);
    }
  });

  test(`markdown: ${name} is within the limit`, (t) => {
    const markdown = renderMarkdown(REPORTS[name], linking().options);
    t.true(markdown.length <= 65_000, String(markdown.length));
    t.notRegex(markdown, HIDING);
    for (const limit of [60_000, 30_000, 10_000, 5000, 2000]) {
      const short = renderMarkdown(REPORTS[name], { ...linking().options, limit });
      t.true(short.length <= limit, `${short.length} of ${limit}`);
      t.deepEqual(leftOpen(short), []);
    }
  });
}

function decode(address: string): string {
  return decodeURIComponent(address.replaceAll('&amp;', '&'));
}

test('markdown: no text of a repository changes the shape of the page', (t) => {
  const { options } = linking();
  const shape = (text: string) =>
    tagsOf(renderMarkdown(hostileReport(text), { ...options, limit: 10 ** 6 })).map(
      ({ name }) => name,
    );
  t.deepEqual(shape(HOSTILE), shape('x'));
});

test('markdown: no text of a repository calls anybody or names an issue', (t) => {
  const html = marked.parse(renderMarkdown(REPORTS.hostile)) as string;
  // Forges look for names in what is rendered, but not in code.
  const read = html.replaceAll(/<(pre|code)[^>]*>.*?<\/\1>/gs, '').replaceAll(/<[^>]*>/g, '');
  const text = read.replaceAll(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)));
  t.true(text.includes('user'));
  t.notRegex(text.replaceAll(/&(amp|lt|gt|quot);/g, ''), /[@#!~$%&^]\w|:\/\/|www\.\w|GH-\d/);
});

test('markdown: no line begins with what GitLab would do', (t) => {
  const lines = renderMarkdown(REPORTS.hostile).split('\n');
  t.false(lines.some((line) => line.trimStart().startsWith('/')));
});

test('markdown: the marker is the first line, the verdict the second', (t) => {
  const [first, second] = renderMarkdown(REPORTS.denied, { marker: MARKER }).split('\n');
  t.is(first, MARKER);
  t.is(
    second,
    '### ❌ Policy review: 2 denied, 1 warned, 3 passed — merging would be rejected by the cluster',
  );
});

test('markdown: the table of findings is the last to go, and tells what it leaves out', (t) => {
  const markdown = renderMarkdown(REPORTS.huge, { ...linking().options, limit: 10_000 });
  const rows = markdown.split('\n').filter((line) => line.startsWith('| ❌\u00a0Deny |')).length;
  t.true(rows > 5);
  t.true(markdown.includes(`… and ${3000 - rows} more`));
  t.true(markdown.includes('_Shortened'));
});

test('markdown: a long text is cut, and pushes nothing else out', (t) => {
  const message = 'long '.repeat(2000);
  const findings = Array.from({ length: 20 }, (_, index) =>
    finding({ message, fingerprint: String(index), fix: message, expression: message }),
  );
  const markdown = renderMarkdown(report({ findings }), linking().options);
  t.is(markdown.split('\n').filter((line) => line.startsWith('| ❌\u00a0Deny |')).length, 20);
  t.true(markdown.includes('**Fix:** long'));
});

for (const path of [
  '100%.yaml',
  'a#b?c.yaml',
  'a(b)[c].yaml',
  'a b.yaml',
  'é/ü.yaml',
  'a|b.yaml',
]) {
  test(`markdown: the link to ${path} arrives there`, (t) => {
    const { options, made } = linking();
    const findings = [finding({ place: place(path, 7) })];
    const tokens = tokensOf(renderMarkdown(report({ findings }), options));
    const links = tokens.filter((token): token is Tokens.Link => token.type === 'link');
    const wanted = [...made].find((address) => address.includes('/head/')) ?? '';
    const found = links.filter(({ href }) => href.includes('/head/'));
    t.true(found.length > 0);
    for (const { href } of found) t.is(new URL(href).href, escaped(wanted));
  });
}

/** The same address where a bar and brackets are written out. */
function escaped(address: string): string {
  return new URL(address).href.replaceAll('(', '%28').replaceAll(')', '%29');
}

test('markdown: the ending stands under the verdict', (t) => {
  const ending = ['**Applied** at `3f9c2ab`.', ''];
  const lines = renderMarkdown(REPORTS.passed, { ending }).split('\n');
  t.deepEqual(lines.slice(1, 4), ['', ...ending]);
});
