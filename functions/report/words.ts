// Words and small shapes that several outputs share.
import type {
  Conclusion,
  Finding,
  Level,
  PolicyRef,
  Report,
  Subject,
} from '../../gitops/review/report.ts';

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

/** Lines around a finding with its place marked, as compilers print them. */
export function codeFrame({ excerpt, place, values }: Finding): string[] {
  if (!excerpt || !place) return [];
  const width = String(excerpt.line + excerpt.lines.length).length;
  const read = values.map(({ path, value }) => `${path} = ${value}`).join(', ');
  return excerpt.lines.flatMap((text, index) => {
    const number = excerpt.line + index;
    const here = number === place.line;
    const row = `${here ? '>' : ' '} ${String(number).padStart(width)} | ${text}`;
    if (!here) return [row];
    const length = place.endLine === place.line ? Math.max(1, place.endColumn - place.column) : 1;
    const mark = `${' '.repeat(place.column - 1)}${'^'.repeat(length)} ${read}`.trimEnd();
    return [row, `  ${' '.repeat(width)} | ${mark}`];
  });
}

/** Takes out what could move a cursor or hide text: control and formatting characters, also line feeds. */
export function withoutControls(text: string, replacement = ''): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, replacement);
}
