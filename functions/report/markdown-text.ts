// Text from a repository is never trusted: it may hold markup, mentions or control characters.
import { withoutControls } from './words.ts';

/** Characters that mean something in Markdown, in HTML or to a forge (@user, #123). */
const SPECIAL = /[\\`*_{}[\]<>()#+!|~@&:]/g;

/** Returns text that shows as itself on one line, wherever Markdown puts it. */
export function plain(text: string): string {
  return oneLine(text).replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns a code span; a `|` is escaped for tables, backticks by a longer fence. */
export function code(text: string): string {
  const content = oneLine(text).replaceAll('|', '\\|');
  const fence = '`'.repeat(longestRun(content) + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return content === '' ? '' : `${fence}${pad}${content}${pad}${fence}`;
}

/** Returns a fenced block whose fence is longer than any inside. */
export function block(language: string, lines: readonly string[]): string[] {
  const content = lines.map((line) => withoutControls(line.replaceAll('\t', '  ')));
  const fence = '`'.repeat(Math.max(3, longestRun(content.join('\n')) + 1));
  return [`${fence}${language}`, ...content, fence];
}

/** Returns the text as a link, or the text alone without an address. */
export function link(text: string, address: string | undefined): string {
  return address === undefined ? text : `[${text}](${encodeURI(decodeURI(address))})`;
}

/** Returns a section that is folded in, with `summary` as its line. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>', ''];
}

function oneLine(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' ')).trim();
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
