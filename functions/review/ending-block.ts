// The part of a comment that tells how it ended. It stands between marks, and only behind the first line is it ours: the
// same marks further below may be what somebody wrote into a file that the comment shows.
const BEGIN = '<!-- webapp-ending -->';
const END = '<!-- /webapp-ending -->';
const BLOCK = new RegExp(`^([^\\n]*\\n)(${BEGIN}[\\s\\S]*?${END}\\r?\\n)`);

/** Returns whether the text of a comment tells how it ended. */
export function hasEnding(body: string): boolean {
  return BLOCK.test(body);
}

/** Returns the text of a comment with this ending, in place of one that it has. */
export function withEnding(body: string, ending: string): string {
  return withBlock(body, [BEGIN, `### ${ending}`, '', END, ''].join('\n'));
}

/** Returns the new text of a comment with the ending that stands in the old one: a review may be done last. */
export function keepingEnding(body: string, old: string): string {
  const [, , block] = BLOCK.exec(old) ?? [];
  return block === undefined ? body : withBlock(body, block);
}

function withBlock(body: string, block: string): string {
  const [first = '', ...rest] = body.replace(BLOCK, '$1').split('\n');
  return `${first}\n${block}${rest.join('\n')}`;
}
