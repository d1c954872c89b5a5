// The part of a comment that tells how it ended: it stands between marks behind the first line, by which comments are
// found.
const BEGIN = '<!-- webapp-ending -->';
const END = '<!-- /webapp-ending -->';
const BLOCK = new RegExp(`${BEGIN}[\\s\\S]*?${END}\n?`);

/** Returns whether the text of a comment tells how it ended. */
export function hasEnding(body: string): boolean {
  return body.includes(BEGIN);
}

/** Returns the text of a comment with this ending, in place of one that it has. */
export function withEnding(body: string, ending: string): string {
  return withBlock(body, [BEGIN, `### ${ending}`, '', END, ''].join('\n'));
}

/** Returns the new text of a comment with the ending that stands in the old one: a review may be done last. */
export function keepingEnding(body: string, old: string): string {
  const [block] = BLOCK.exec(old) ?? [];
  return block === undefined ? body : withBlock(body, block);
}

function withBlock(body: string, block: string): string {
  const [first = '', ...rest] = body.replace(BLOCK, '').split('\n');
  return `${first}\n${block}${rest.join('\n')}`;
}
