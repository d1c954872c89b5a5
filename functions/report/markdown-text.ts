// Text from a repository is never trusted: it may hold markup, mentions or control characters.
import { clip, oneLine, visible } from './words.ts';

/** Most characters of a sentence, and of a name or an expression. */
const MAX_PLAIN = 500;
const MAX_CODE = 200;
const MAX_ADDRESS = 2000;
const MAX_ROWS = 100;

/** Characters that mean something in Markdown, in HTML or to a forge, and the blank of no width that plain puts in. */
const SPECIAL = /[\\`*_{}[\]<>()#+!|~@&:$%^\u200b]/g;

/**
 * Behind what stands here, forges see a person, an issue or an address, or Markdown a list. They look for them in what
 * is rendered, so an entity for the sign is not enough: a blank of no width comes after it.
 */
const CALLING = /[@#!~$%^&](?=\w)|:(?=\/\/)|\bwww(?=\.)|\bGH(?=-\d)|^(?:-|\d+(?=\.))/gi;

/** Returns text that shows as itself on one line, wherever Markdown puts it; a long one is cut. */
export function plain(text: string, most = MAX_PLAIN): string {
  return clip(oneLine(text), most)
    .replace(CALLING, '$&\u200b')
    .replace(SPECIAL, (character) => `&#${character.charCodeAt(0)};`);
}

/** Returns what `plain` was given, from Markdown that holds nothing else that Markdown would change. */
export function unescaped(markdown: string): string {
  return markdown
    .replaceAll('&#8203;', '')
    .replace(/&#(\d+);/g, (_, digits) => String.fromCharCode(Number(digits)));
}

/** Returns code within a line; a long one is cut. */
export function code(text: string, most = MAX_CODE): string {
  const content = clip(oneLine(text), most);
  // Parsers differ in what a bar in a code span does to the table around it.
  if (content.includes('|')) return `<code>${plain(content, most)}</code>`;
  const fence = '`'.repeat(longestRun(content) + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return content === '' ? '' : `${fence}${pad}${content}${pad}${fence}`;
}

/** Returns a fenced block whose fence is longer than any inside. */
export function block(language: string, lines: readonly string[]): string[] {
  const content = lines.map(visible);
  const fence = '`'.repeat(Math.max(3, longestRun(content.join('\n')) + 1));
  return [`${fence}${language}`, ...content, fence];
}

/** Returns Markdown as a link, or alone where there is no address, or none that a page could have. */
export function link(text: string, address: string | undefined): string {
  if (address === undefined || !/^https?:/.test(address) || !URL.canParse(address)) return text;
  const written = new URL(address).href.replace(/[()|\\]/g, encodeByte);
  return written.length > MAX_ADDRESS ? text : `[${text}](${written})`;
}

/** Returns a section that is folded in, with `summary` as its line. */
export function folded(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>', ''];
}

/** Returns a table of as many rows as fit into `room` characters, and how many more there are. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): string[] {
  const lines = rows.map(rowOf);
  const kept = lines.slice(0, fitting(lines, room));
  const more = lines.length - kept.length;
  return [
    rowOf(header),
    `|${header.map(() => '---').join('|')}|`,
    ...kept,
    ...(more > 0 ? ['', `… and ${more} more`] : []),
    '',
  ];
}

/** Returns how many of the texts, at most a hundred, fit into `room` characters. */
export function fitting(texts: readonly string[], room: number): number {
  let left = room;
  const end = texts.findIndex((text, index) => {
    left -= text.length + 1;
    return left < 0 || index >= MAX_ROWS;
  });
  return end < 0 ? texts.length : end;
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function encodeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
