// A review of a repository that means harm.
import type { Finding, Report } from '../../gitops/review/report.ts';
import { fileFinding, finding, place, policy, report, subject } from './reports.ts';

/** What a repository may hold to break out of where its text is put. */
export const HOSTILE = [
  '| a | b |',
  '`code`',
  '```',
  '~~~~',
  '<script>alert(1)</script>',
  '<!-- -->',
  '</details></td>',
  '![x](https://evil.example/x.png)',
  '[x](https://evil.example/)',
  '](https://evil.example/)',
  '[x]: https://evil.example/',
  'https://evil.example/ www.evil.example ftp://evil.example',
  'someone@evil.example',
  '@user @org/team owner/repo#1 #1 !1 ~label %1 $1 &1 GH-1',
  '$x$ *bold* _italic_ ~~struck~~',
  '\r\n\n\t# heading\n- item\n1. item\n> quote\n/close\n---',
  '\u001b[31mred\u001b[0m \u009b32mgreen \u007f\u0000\u0008',
  '\u202eevil\u202c \u2066bidi\u2069 zero\u200bwidth\u200d \ufeff \u2028 \u3164',
  '%0A::error::x %25 ::warning file=a::b',
  '##[set-output name=a]b ##vso[task.setvariable variable=a]b',
  ']]> &amp; &foo; &#60; &#64;user &lt; \ufffe \ud800',
  '\\| \\` \\',
  '\' " {0}',
].join(' ');

const LONG = `${'long '.repeat(2000)}end`;

/** A finding with such a text wherever there can be one. */
function hostile(text: string, level: Finding['level']): Finding {
  const where = place(`apps/${text}.yaml`, 7, { column: 13, length: 4 });
  return finding({
    level,
    message: text,
    subject: subject({ apiVersion: text, kind: text, namespace: text, name: text, webapp: text }),
    policy: policy(text, {
      binding: text,
      title: text,
      category: text,
      description: text,
      place: { ...where, path: `policies/${text}.yaml` },
    }),
    denial: text,
    validation: { index: 0, of: 1 },
    expression: text,
    values: [{ path: text, value: text }],
    place: where,
    excerpt: { line: 6, lines: [text, `\tname: ${text}`, text] },
    fix: text,
  });
}

/** Returns a report with such a text wherever there can be one. */
export function hostileReport(text: string): Report {
  const first = hostile(text, 'deny');
  const { policy: by = policy(''), subject: about = subject() } = first;
  const held = {
    name: text,
    reason: text,
    owner: text,
    expires: text,
    place: place(`waivers/${text}.yaml`, 3),
  };
  const fields = [{ path: text, before: text, after: text }];
  return report({
    base: text,
    head: text,
    toolVersion: text,
    findings: [
      first,
      fileFinding(text, place(`::error::${text}`, 1)),
      hostile(`1. ${text}`, 'warn'),
      hostile(`- ${text}`, 'audit'),
    ],
    passed: [{ policy: by, subject: about }],
    waived: [{ policy: by, subject: about, waiver: held }],
    changes: [{ action: 'change', subject: about, fields, effects: [text] }],
    impact: [{ policy: by, subject: about, message: text, place: held.place }],
    drift: [{ subject: about, fields }],
  });
}

/** Returns a report with ten thousand characters wherever a repository decides how many there are. */
export function longReport(): Report {
  return report({ findings: [hostile(LONG, 'deny'), hostile('short', 'deny')] });
}
