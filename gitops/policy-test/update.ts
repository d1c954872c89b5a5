// Writes what was seen into a test, as an edit of its lines: whatever else a person wrote there stays as it is.
import { dump } from 'js-yaml';
import { canonicalJson } from '../../policies/index.ts';
import { parseYaml } from '../../policies/yaml.ts';
import { isFields } from '../diff.ts';
import type { Seen, SeenFinding } from './run-case.ts';
import type { CaseResult } from './run-tests.ts';

/** The new text of a file, or why it was left as it is. */
export type Updated =
  | { readonly kind: 'updated'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Returns the text with the expectations of these cases replaced by what was seen. A case that had findings written
 * down, or nothing at all, gets those that were seen, too.
 */
export function updateExpectations(text: string, results: readonly CaseResult[]): Updated {
  const lines = text.split('\n');
  // From the last one up, so that the lines of those before stay where they are.
  const upwards = [...results].sort((a, b) => b.case.place.line - a.case.place.line);
  for (const result of upwards) {
    const reason = updateCase(lines, result);
    if (reason !== undefined) return { kind: 'refused', reason };
  }
  const updated = lines.join('\n');
  return sameButForExpectations(text, updated)
    ? { kind: 'updated', text: updated }
    : {
        kind: 'refused',
        reason: 'its layout cannot be edited safely: write the cases as block YAML',
      };
}

function updateCase(lines: string[], { case: each, seen }: CaseResult): string | undefined {
  const { line, column } = each.place;
  const block: Block = { lines, first: line - 1, indent: column - 1 };
  if (lines[line - 1]?.[column - 1] === '{')
    return `the case in line ${line} is written in braces: write it as block YAML`;
  const findings = take(lines, rangeOf(block, 'findings'));
  const expect = take(lines, rangeOf(block, 'expect'));
  const told = findings !== undefined || each.expect === undefined;
  const rows = rowsOf(seen, { told, comment: commentIn(expect?.text ?? '') });
  const lineEnd = lines[line - 1]?.endsWith('\r') ? '\r' : '';
  const indented = rows.map((row) => `${' '.repeat(block.indent)}${row}${lineEnd}`);
  lines.splice(expect?.start ?? findings?.start ?? endOf(block), 0, ...indented);
  return undefined;
}

/** Takes the lines out, and returns where they were and the first of them. */
function take(lines: string[], range: Range | undefined) {
  if (range === undefined) return undefined;
  const [text = ''] = lines.splice(range.start, range.end - range.start);
  return { start: range.start, text };
}

function rowsOf(
  { outcome, findings }: Seen,
  { told, comment }: { told: boolean; comment: string },
) {
  const written = told && findings.length > 0 ? { findings: findings.map(shown) } : {};
  const below = dump(written, { lineWidth: 1000 }).trimEnd().split('\n');
  return [`expect: ${outcome}${comment}`, ...(Object.keys(written).length > 0 ? below : [])];
}

function shown({ policy, message, reason }: SeenFinding): object {
  return { policy, message, ...(reason !== 'Invalid' && { reason }) };
}

/** A mapping in block layout: its first line, and the blanks before its keys. */
interface Block {
  readonly lines: readonly string[];
  readonly first: number;
  readonly indent: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The lines of a key and its value; undefined where the mapping has no such key below its first line. */
function rangeOf(block: Block, key: string): Range | undefined {
  const { lines, indent } = block;
  const end = endOf(block);
  const start = lines.findIndex(
    (line, index) =>
      index > block.first && index < end && line.startsWith(`${' '.repeat(indent)}${key}:`),
  );
  if (start < 0) return undefined;
  const next = lines.findIndex(
    (line, index) => index > start && index < end && !continues(line, indent),
  );
  return { start, end: withoutGap(lines, start, next < 0 ? end : next) };
}

/** Deeper lines belong to the key's value, and the items of a list that is not indented. */
function continues(line: string, indent: number): boolean {
  const depth = depthOf(line);
  return depth === undefined || depth > indent || (depth === indent && line[indent] === '-');
}

function endOf({ lines, first, indent }: Block): number {
  const next = lines.findIndex(
    (line, index) => index > first && (depthOf(line) ?? indent) < indent,
  );
  return withoutGap(lines, first, next < 0 ? lines.length : next);
}

/** Blank lines and comments before whatever comes next belong to that. */
function withoutGap(lines: readonly string[], start: number, end: number): number {
  let last = end;
  while (last > start + 1 && depthOf(lines[last - 1] ?? '') === undefined) last--;
  return last;
}

/** Blanks before the first character; undefined for a line that says nothing. */
function depthOf(line: string): number | undefined {
  return /^\s*(#|$)/.test(line) ? undefined : line.length - line.trimStart().length;
}

function commentIn(line: string): string {
  return /^\s*expect:\s*\w+(\s+#.*)$/.exec(line.trimEnd())?.[1] ?? '';
}

/** An edit by lines may be wrong where a text is laid out in a way nobody thought of: then nothing is written. */
function sameButForExpectations(before: string, after: string): boolean {
  return contentOf(before) === contentOf(after);
}

function contentOf(text: string): string | undefined {
  const file = parseYaml(text, '', 'exact');
  return file.kind === 'broken'
    ? undefined
    : canonicalJson(file.documents.map(withoutExpectations));
}

function withoutExpectations({ value }: { readonly value: unknown }): unknown {
  if (!isFields(value) || !isFields(value.spec) || !Array.isArray(value.spec.cases)) return value;
  const cases = value.spec.cases.map((each: unknown) =>
    isFields(each) ? { ...each, expect: undefined, findings: undefined } : each,
  );
  return { ...value, spec: { ...value.spec, cases } };
}
