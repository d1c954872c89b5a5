// Words and small shapes that several outputs share.
import type {
  Conclusion,
  Finding,
  Level,
  Place,
  PolicyRef,
  Report,
  Subject,
} from '../../gitops/review/report.ts';

/** Most characters of a line of a file, and of the values beside a mark. */
const MAX_COLUMNS = 160;
const MAX_VALUES = 200;
const MAX_VALUE = 60;

/** A sign beside each word, so that no output depends on colour. */
export const SIGN: Readonly<Record<Level, string>> = {
  deny: '❌',
  error: '💥',
  warn: '⚠️',
  audit: '🔎',
};

export const WORD: Readonly<Record<Level, string>> = {
  deny: 'Deny',
  error: 'Cannot judge',
  warn: 'Warn',
  audit: 'Audit',
};

/** `1 policy`, `2 policies`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `WebApp shop/cart`. */
export function nameOf({ kind, namespace, name }: Subject): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** The policy's own title where it has one. */
export function titleOf(policy: PolicyRef): string {
  return policy.title ?? policy.name;
}

/** What a finding is filed under where an output wants one stable word: the policy's name. */
export function ruleOf({ policy }: Finding): string {
  return policy?.name ?? 'repository';
}

/** The verdict and its consequence in one line. */
export function verdict({ conclusion, counts, changes }: Report): string {
  const { fail, warn, error, pass } = counts;
  const numbers = [
    fail > 0 ? `${fail} denied` : '',
    error > 0 ? `${error} could not be judged` : '',
    warn > 0 ? `${warn} warned` : '',
    `${pass} passed`,
  ];
  const found = numbers.filter((text) => text !== '').join(', ');
  const consequence: Record<Conclusion, string> = {
    denied: 'merging would be rejected by the cluster',
    'cannot-judge': 'treated as failing, because nobody can tell what the cluster would say',
    warned: 'merging is allowed',
    passed: `${count(changes.length, 'object')} would change`,
    unchanged: 'no WebApp changes in this pull request',
  };
  return conclusion === 'unchanged'
    ? consequence.unchanged
    : `${found} — ${consequence[conclusion]}`;
}

/** Lines around a finding with its place marked, as compilers print them; one character of text stays one column. */
export function codeFrame({ excerpt, place, values }: Finding): string[] {
  if (!excerpt || !place) return [];
  const width = String(excerpt.line + excerpt.lines.length).length;
  const read = values.map(({ path, value }) => `${path} = ${clip(value, MAX_VALUE)}`).join(', ');
  return excerpt.lines.flatMap((line, index) => {
    const number = excerpt.line + index;
    const here = number === place.line;
    const text = visible(line.slice(0, MAX_COLUMNS));
    const row = `${here ? '>' : ' '} ${String(number).padStart(width)} | ${text}`;
    if (!here) return [row];
    const marked = `${markUnder(text, place)} ${clip(visible(read), MAX_VALUES)}`.trimEnd();
    return [row, `  ${' '.repeat(width)} | ${marked}`];
  });
}

/** Carets under what stands at the place; under the end of the text where that has been cut off. */
function markUnder({ length }: string, { line, column, endLine, endColumn }: Place): string {
  const start = Math.min(column - 1, length);
  const end = endLine === line ? Math.min(endColumn - 1, length) : start + 1;
  return `${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))}`;
}

/** The place of a finding as far as the head has it: forges mark lines there alone. */
export function placeInHead({ place, side }: Finding): Place | undefined {
  return side === 'base' ? undefined : place;
}

/** The place of a finding, else its policy's; outputs that must name one get the repository itself. */
export function placeOf(finding: Finding): Place {
  const root = { path: '.', line: 1, column: 1, endLine: 1, endColumn: 2 };
  return placeInHead(finding) ?? finding.policy?.place ?? root;
}

/** The object and what is wrong with it, as one line; of one that goes, also where it stood. */
export function sentence(finding: Finding): string {
  const { message, place, side } = finding;
  const stood = side === 'base' && place ? ` (${place.path}:${place.line} in the base)` : '';
  return oneLine(`${aboutOf(finding)}${message}${stood}`);
}

/** `WebApp shop/cart: `, and whether it is about deleting it; empty for a finding about a file. */
export function aboutOf({ subject, operation }: Finding): string {
  if (subject === undefined) return '';
  return `${operation === 'DELETE' ? 'deleting ' : ''}${nameOf(subject)}: `;
}

/** Findings with how many of the same fingerprint there were so far, from 1: outputs that need one each add it. */
export function numbered(findings: readonly Finding[]): { finding: Finding; nth: number }[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const nth = (seen.get(finding.fingerprint) ?? 0) + 1;
    seen.set(finding.fingerprint, nth);
    return { finding, nth };
  });
}

/** What moves a cursor, hides text or cannot be written; emoji keep the selectors that make them emoji. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}[\p{Default_Ignorable_Code_Point}--[\ufe00-\ufe0f]]]/gv;

/** Takes out control and formatting characters, also line feeds. */
function withoutControls(text: string, replacement = ''): string {
  return text.replace(UNSEEN, replacement);
}

/** Returns the text as one line with a sign wherever something unseen was. */
export function visible(text: string): string {
  return withoutControls(text.replace(/[\t\r\n]/g, ' '), '\ufffd');
}

/** Returns the text as one line without anything unseen. */
export function oneLine(text: string): string {
  return withoutControls(text.replace(/\s+/g, ' ')).trim();
}

/** Returns at most `most` characters; an ellipsis is the last where there were more. */
export function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * Returns JSON of two blanks that reads back as the value. What a terminal or the log of a build would act on is
 * written as an escape: unseen characters, and `##[`, which begins a command in GitHub Actions and Azure Pipelines.
 */
export function jsonOf(value: unknown): string {
  return `${harmlessJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** Returns such JSON as one line, without an end of line. */
export function jsonLineOf(value: unknown): string {
  return harmlessJson(JSON.stringify(value));
}

function harmlessJson(text: string): string {
  return text
    .replace(UNSEEN, (found) => (found === '\n' ? found : escapeOf(found)))
    .replace(/#(?=\w*\[)/g, escapeOf);
}

function escapeOf(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
