// The review as a comment: the verdict first, then what is wrong, then what would change.
import type { Finding, Place, Report, Subject, WaiverRef } from '../../gitops/review/report.ts';
import { changesSection, diffSection, driftSection, impactSection } from './markdown-changes.ts';
import { block, code, fitting, folded, link, plain, table } from './markdown-text.ts';
import { codeFrame, count, nameOf, SIGN, titleOf, verdict, WORD } from './words.ts';

export interface MarkdownOptions {
  /** First line, hidden: how the comment is found again. */
  readonly marker?: string;
  /** Returns the address of a place in the repository's web page. */
  readonly linkTo?: (place: Place, side: 'base' | 'head') => string;
  /** Lines under everything: what happened after the merge. */
  readonly ending?: readonly string[];
  /** Commands that review the same once more, on anybody's machine; each a line of a shell. */
  readonly reproduce?: readonly string[];
  /** Most characters there may be; 65,536 is what GitHub takes. */
  readonly limit?: number;
}

/** Leaves room for what is put in after the merge. */
const LIMIT = 60_000;
const MAX_FRAMES = 10;
const MAX_EXPRESSION = 500;
const ICON: Readonly<Record<Report['conclusion'], string>> = {
  denied: '❌',
  'cannot-judge': '💥',
  warned: '⚠️',
  passed: '✅',
  unchanged: '➖',
};

/** Returns the comment. Sections are cut, or left out whole, the least important first, where it would be too long. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { marker, limit = LIMIT, ending = [] } = options;
  const head = [
    ...(marker === undefined ? [] : [marker]),
    `### ${ICON[report.conclusion]} Policy review: ${verdict(report)}`,
    '',
    ...ending,
  ];
  const part = (share: number) => ({ ...options, room: Math.floor(limit * share) });
  const sections = [
    { rank: 0, lines: findingTable(report, part(0.4)) },
    { rank: 4, lines: passedSection(report, part(0.1)) },
    { rank: 2, lines: detailSection(report, part(0.3)) },
    { rank: 1, lines: impactSection(report, part(0.2)) },
    { rank: 1, lines: changesSection(report, part(0.2)) },
    { rank: 3, lines: diffSection(report, part(0.2)) },
    { rank: 4, lines: driftSection(report, part(0.1)) },
  ];
  return withinLimit({ head, sections, foot: footer(report, options) }, limit);
}

interface Part extends MarkdownOptions {
  /** Characters that a section may take of the limit; its frame comes on top. */
  readonly room: number;
}

interface Section {
  /** Higher goes first when there is too much. */
  readonly rank: number;
  readonly lines: readonly string[];
}

interface Comment {
  readonly head: readonly string[];
  readonly sections: readonly Section[];
  readonly foot: readonly string[];
}

function withinLimit({ head, sections, foot }: Comment, limit: number): string {
  let kept = [...sections];
  const text = () => {
    const note =
      kept.length < sections.length ? ['_Shortened: the command below tells everything._', ''] : [];
    return [...head, ...kept.flatMap(({ lines }) => lines), ...note, ...foot].join('\n');
  };
  while (text().length > limit && kept.length > 0) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    const at = kept.findLastIndex(({ rank }) => rank === worst);
    kept = kept.filter((_, index) => index !== at);
  }
  return text();
}

function findingTable({ findings }: Report, part: Part): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map((finding) => {
    const { level, subject, message, operation } = finding;
    return [
      `${SIGN[level]} ${WORD[level]}`.replaceAll(' ', '\u00a0'),
      placeLink(finding, part),
      plain(message),
      policyLink(finding, part),
      subject ? `${objectOf(subject)}${operation === 'DELETE' ? ' (deleted)' : ''}` : '',
    ];
  });
  return table(['', 'Where', 'Finding', 'Policy', 'Object'], rows, part.room);
}

function objectOf({ kind, namespace, name }: Subject): string {
  return `${plain(kind)} ${code(namespace === '' ? name : `${namespace}/${name}`)}`;
}

function policyLink({ policy }: Finding, { linkTo }: MarkdownOptions): string {
  if (policy === undefined) return '';
  return link(code(policy.name), policy.place && linkTo?.(policy.place, 'base'));
}

function placeLink({ place, side }: Finding, { linkTo }: MarkdownOptions): string {
  return place === undefined
    ? ''
    : link(code(`${place.path}:${place.line}`), linkTo?.(place, side ?? 'head'));
}

function passedSection({ passed, waived, counts }: Report, part: Part): string[] {
  if (passed.length + waived.length === 0) return [];
  const held = waived.map(({ policy, subject, waiver }) => [
    code(policy.name),
    code(nameOf(subject)),
    waiver ? waivedBy(waiver, part) : '',
  ]);
  const byPolicy = Map.groupBy(passed, ({ policy }) => policy.name);
  const rows = [...byPolicy].map(([name, outcomes]) => {
    const objects = outcomes.slice(0, 10).map(({ subject }) => code(nameOf(subject)));
    const more = outcomes.length > 10 ? ` and ${outcomes.length - 10} more` : '';
    return [code(name), `${objects.join(', ')}${more}`, ''];
  });
  const parts = [`✅ ${counts.pass} passed`];
  if (counts.skip > 0) parts.push(`⏭ ${counts.skip} skipped`);
  if (counts.waived > 0) parts.push(`🎫 ${count(counts.waived, 'waiver')} in force`);
  const lines = table(['Policy', 'Objects', ''], [...held, ...rows], part.room);
  return folded(parts.join(' · '), lines.slice(0, -1));
}

function waivedBy({ name, reason, owner, expires, place }: WaiverRef, { linkTo }: Part): string {
  const by = link(code(name), linkTo?.(place, 'base'));
  return `waived by ${by}: ${plain(reason)} (${plain(owner)}, until ${plain(expires)})`;
}

/** What denies is open to read; what only warns is folded in. */
function detailSection({ findings }: Report, part: Part): string[] {
  const told = findings
    .slice(0, MAX_FRAMES)
    .map((finding) => ({ finding, text: detail(finding, part).join('\n') }));
  const texts = told.map(({ text }) => text);
  const kept = told.slice(0, fitting(texts, part.room));
  const blocking = kept.filter(({ finding }) => isBlocking(finding)).map(({ text }) => text);
  const others = kept.filter(({ finding }) => !isBlocking(finding)).map(({ text }) => text);
  if (others.length === 0) return blocking;
  const summary = `${SIGN.warn} ${count(others.length, 'warning')} in detail`;
  return [...blocking, ...folded(summary, others)];
}

function isBlocking({ level }: Finding): boolean {
  return level === 'deny' || level === 'error';
}

function detail(finding: Finding, options: MarkdownOptions): string[] {
  const { level, policy, expression, validation, denial, fix, message } = finding;
  const where = placeLink(finding, options);
  const title = policy ? plain(titleOf(policy)) : plain(message);
  return [
    `#### ${SIGN[level]} ${title}${where === '' ? '' : ` — ${where}`}`,
    ...(codeFrame(finding).length > 0 ? block('yaml', codeFrame(finding)) : []),
    ...(fix ? ['', `**Fix:** ${plain(fix)}`] : []),
    ...(denial ? ['', `> ${plain(denial)}`] : []),
    ...(expression
      ? ['', `${code(expression, MAX_EXPRESSION)} is **not true**${ordinal(validation, policy)}`]
      : []),
    '',
  ];
}

/** Says only what is not to be seen already: which of several, and a binding of another name. */
function ordinal(validation: Finding['validation'], policy: Finding['policy']): string {
  const { binding, name } = policy ?? {};
  const isOneOfMany = validation !== undefined && validation.of > 1;
  const which = isOneOfMany ? ` · validation ${validation.index + 1} of ${validation.of}` : '';
  return `${which}${binding === undefined || binding === name ? '' : ` · binding ${code(binding)}`}`;
}

function footer(
  { base, head, policiesDigest, toolVersion }: Report,
  { reproduce }: MarkdownOptions,
): string[] {
  const by = `policies ${code(policiesDigest.slice(0, 12))} · webapp ${code(toolVersion)}`;
  if (reproduce !== undefined)
    return [...folded('Reproduce', block('sh', reproduce)), `<sub>${by}</sub>`, ''];
  const short = `webapp review --base ${shortened(base)} --head ${shortened(head)}`;
  return [`<sub>Reproduce: ${code(short)} · ${by}</sub>`, ''];
}

/** Folders keep their names. */
function shortened(revision: string): string {
  return /^[0-9a-f]{40}$/.test(revision) ? revision.slice(0, 12) : revision;
}
