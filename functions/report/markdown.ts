// The review as a comment: the verdict first, then what is wrong, then what would change.
import type {
  FieldDifference,
  Finding,
  ObjectChange,
  Place,
  Report,
} from '../../gitops/review/report.ts';
import { block, code, folded, link, plain } from './markdown-text.ts';
import { codeFrame, count, nameOf, SIGN, titleOf, verdict, WORD } from './words.ts';

export interface MarkdownOptions {
  /** First line, hidden: how the comment is found again. */
  readonly marker?: string;
  /** Returns the address of a place in the repository's web page. */
  readonly linkTo?: (place: Place, side: 'base' | 'head') => string;
  /** Lines under everything: what happened after the merge. */
  readonly ending?: readonly string[];
  /** Most characters there may be; 65,536 is what GitHub takes. */
  readonly limit?: number;
}

const LIMIT = 65_000;
const MAX_FRAMES = 10;
const MAX_ROWS = 100;
const ICON: Readonly<Record<Report['conclusion'], string>> = {
  denied: '❌',
  'cannot-judge': '💥',
  warned: '⚠️',
  passed: '✅',
  unchanged: '➖',
};

/** Returns the comment. Sections are left out whole, the least important first, where it would be too long. */
export function renderMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const { marker, limit = LIMIT, ending = [] } = options;
  const head = [
    ...(marker === undefined ? [] : [marker]),
    `### ${ICON[report.conclusion]} Policy review: ${verdict(report)}`,
    '',
    ...ending,
  ];
  const sections = [
    { rank: 0, lines: findingTable(report, options) },
    { rank: 4, lines: passedSection(report, options) },
    {
      rank: 2,
      lines: report.findings.slice(0, MAX_FRAMES).flatMap((each) => detail(each, options)),
    },
    { rank: 1, lines: impactSection(report) },
    { rank: 1, lines: changesSection(report) },
    { rank: 3, lines: diffSection(report) },
    { rank: 4, lines: driftSection(report) },
  ];
  return withinLimit({ head, sections, foot: footer(report) }, limit);
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
      kept.length < sections.length ? ['_Shortened: the full report is in the check._', ''] : [];
    return [...head, ...kept.flatMap(({ lines }) => lines), ...note, ...foot].join('\n');
  };
  while (text().length > limit && kept.length > 0) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    const at = kept.findLastIndex(({ rank }) => rank === worst);
    kept = kept.filter((_, index) => index !== at);
  }
  return text();
}

function findingTable({ findings }: Report, options: MarkdownOptions): string[] {
  if (findings.length === 0) return [];
  const rows = findings.slice(0, MAX_ROWS).map((finding) => {
    const { level, subject, message } = finding;
    const object = subject ? `${subject.kind} ${code(`${subject.namespace}/${subject.name}`)}` : '';
    const cells = [
      policyLink(finding, options),
      object,
      placeLink(finding, options),
      plain(message),
    ];
    return `| ${SIGN[level]} ${WORD[level]} | ${cells.join(' | ')} |`;
  });
  const more = findings.length - rows.length;
  return [
    '| | Policy | Object | Where | Finding |',
    '|:-|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `… and ${more} more`] : []),
    '',
  ];
}

function policyLink({ policy }: Finding, { linkTo }: MarkdownOptions): string {
  if (policy === undefined) return '';
  return link(code(policy.name), policy.place && linkTo?.(policy.place, 'base'));
}

function placeLink({ place }: Finding, { linkTo }: MarkdownOptions): string {
  return place === undefined
    ? ''
    : link(code(`${place.path}:${place.line}`), linkTo?.(place, 'head'));
}

function passedSection({ passed, waived, counts }: Report, { linkTo }: MarkdownOptions): string[] {
  if (passed.length + waived.length === 0) return [];
  const byPolicy = Map.groupBy(passed, ({ policy }) => policy.name);
  const rows = [...byPolicy].map(([name, outcomes]) => {
    const objects = outcomes.slice(0, 10).map(({ subject }) => code(nameOf(subject)));
    const more = outcomes.length > 10 ? ` and ${outcomes.length - 10} more` : '';
    return `| ${code(name)} | ${objects.join(', ')}${more} | |`;
  });
  const held = waived.map(({ policy, subject, waiver }) => {
    const by = waiver
      ? `waived by ${link(code(waiver.name), linkTo?.(waiver.place, 'base'))}: ${plain(waiver.reason)} (${plain(waiver.owner)}, until ${plain(waiver.expires)})`
      : '';
    return `| ${code(policy.name)} | ${code(nameOf(subject))} | ${by} |`;
  });
  const parts = [`✅ ${counts.pass} passed`];
  if (counts.skip > 0) parts.push(`⏭ ${counts.skip} skipped`);
  if (counts.waived > 0) parts.push(`🎫 ${count(counts.waived, 'waiver')} in force`);
  return folded(parts.join(' · '), ['| Policy | Objects | |', '|---|---|---|', ...held, ...rows]);
}

function detail(finding: Finding, options: MarkdownOptions): string[] {
  const { level, policy, expression, validation, denial, fix, message } = finding;
  const where = placeLink(finding, options);
  const title = policy ? plain(titleOf(policy)) : plain(message);
  return [
    `#### ${SIGN[level]} ${title}${where === '' ? '' : ` — ${where}`}`,
    ...(codeFrame(finding).length > 0 ? block('yaml', codeFrame(finding)) : []),
    ...(expression
      ? ['', `${code(expression)} is **not true**${ordinal(validation, policy?.binding)}`]
      : []),
    ...(denial ? ['', `> ${plain(denial)}`] : []),
    ...(fix ? ['', `**Fix:** ${plain(fix)}`] : []),
    '',
  ];
}

function ordinal(validation: Finding['validation'], binding: string | undefined): string {
  const which = validation ? ` · validation ${validation.index + 1} of ${validation.of}` : '';
  return `${which}${binding === undefined ? '' : ` · binding ${code(binding)}`}`;
}

function impactSection({ impact }: Report): string[] {
  if (impact.length === 0) return [];
  const rows = impact.slice(0, MAX_ROWS).map(({ policy, subject, message, place }) => {
    const where = place ? code(`${place.path}:${place.line}`) : '';
    return `| ${code(policy.name)} | ${code(nameOf(subject))} | ${where} | ${plain(message)} |`;
  });
  return [
    `#### 📜 This changes policies: ${count(impact.length, 'object')} would begin to fail`,
    '',
    '| Policy | Object | Where | Finding |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}

function changesSection({ changes, webapps }: Report): string[] {
  if (changes.length === 0) return [];
  const rows = changes.slice(0, MAX_ROWS).map(({ action, subject, fields, effects }) => {
    const names = fields.slice(0, 6).map(({ path }) => code(path));
    const more = fields.length > 6 ? `, … ${fields.length - 6} more` : '';
    return `| ${code(nameOf(subject))} | ${action} | ${names.join(', ')}${more} | ${effects.map(plain).join(', ')} |`;
  });
  const total = `${count(webapps.changed, 'WebApp')} of ${webapps.all}`;
  return [
    `#### What would change (${total})`,
    '',
    '| Object | Action | Fields | Effect |',
    '|---|---|---|---|',
    ...rows,
    '',
  ];
}

function diffSection({ changes }: Report): string[] {
  const changed = changes.filter(({ fields }) => fields.length > 0);
  if (changed.length === 0) return [];
  const fields = changed.reduce((sum, each) => sum + each.fields.length, 0);
  const summary = `Minimal diff (${count(changed.length, 'object')}, ${count(fields, 'field')})`;
  return folded(summary, block('diff', changed.flatMap(diffLines)));
}

function diffLines({ subject, fields }: Pick<ObjectChange, 'subject' | 'fields'>): string[] {
  return [` ${nameOf(subject)}`, ...fields.flatMap(fieldLines)];
}

function fieldLines({ path, before, after }: FieldDifference): string[] {
  return [
    `   ${path}`,
    ...(before === undefined ? [] : [`-    ${before}`]),
    ...(after === undefined ? [] : [`+    ${after}`]),
  ];
}

function driftSection({ drift = [] }: Report): string[] {
  if (drift.length === 0) return [];
  const summary = `ℹ️ Live drift now, not part of the verdict (${count(drift.length, 'object')})`;
  return folded(summary, block('diff', drift.flatMap(diffLines)));
}

function footer({ base, head, policiesDigest, toolVersion }: Report): string[] {
  const command = `webapp review --base ${base.slice(0, 12)} --head ${head.slice(0, 12)}`;
  return [
    `<sub>Reproduce: ${code(command)} · policies ${code(policiesDigest.slice(0, 12))} · webapp ${plain(toolVersion)}</sub>`,
    '',
  ];
}
