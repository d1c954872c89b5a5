import type { Report } from '../../gitops/review/report.ts';
import type { LineNote } from '../forge/forge-api.ts';
import { code, plain } from '../report/markdown-text.ts';
import { placeInHead, WORD } from '../report/words.ts';

/** More lines than this nobody reads; findings come with the worst first. */
const MAX_NOTES = 200;
const LEVEL = { deny: 'failure', error: 'failure', warn: 'warning', audit: 'notice' } as const;

/** Returns the remarks on lines of a report's findings; a file that goes has no line that a forge could show one at. */
export function notesOf({ findings }: Report): LineNote[] {
  const notes = findings.flatMap((finding): LineNote[] => {
    const { level, message, policy, fingerprint, expression } = finding;
    const place = placeInHead(finding);
    if (place === undefined) return [];
    const rule = expression === undefined ? [] : ['', code(expression)];
    return [
      {
        path: place.path,
        line: place.line,
        column: { start: place.column, end: place.endColumn },
        level: LEVEL[level],
        title: `${WORD[level]}${policy ? `: ${policy.name}` : ''}`,
        body: [plain(message), ...rule].join('\n'),
        fingerprint,
      },
    ];
  });
  return notes.slice(0, MAX_NOTES);
}
