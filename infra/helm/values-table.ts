const COMMENT = /^ *# -- (.*)/;
const ENTRY = /^( *)([\w.-]+):(?: +(.*))?$/;

/** Returns the rows of a Markdown table of values.yaml, with the comment `# -- ...` that stands before each value. */
export function valuesTable(text: string): string {
  const rows: string[] = [];
  const path: string[] = [];
  let comment = '';
  for (const line of text.split('\n')) {
    comment = COMMENT.exec(line)?.[1] ?? comment;
    const [, blanks, key = '', value] = ENTRY.exec(line) ?? [];
    if (blanks === undefined) continue;
    // Two blanks for each level.
    path.splice(blanks.length / 2, Number.POSITIVE_INFINITY, key);
    if (value === undefined) continue;
    rows.push(`| \`${path.join('.')}\` | ${shown(value)} | ${comment} |\n`);
    comment = '';
  }
  return rows.join('');
}

function shown(value: string): string {
  return value === '""' ? '' : `\`${value.replace(/^"(.*)"$/, '$1')}\``;
}
