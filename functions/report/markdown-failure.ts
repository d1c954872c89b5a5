import { code, plain } from './markdown-text.ts';

/** A review that came to no report. */
export interface Failure {
  readonly reason: string;
  /** Commit that could not be reviewed. */
  readonly headSha: string;
  /** Whether trying again is of no use. */
  readonly isFinal: boolean;
  /** First line, hidden: how the comment is found again. */
  readonly marker: string;
}

/** Returns the comment that takes the place of an older verdict. */
export function renderFailure({ reason, headSha, isFinal, marker }: Failure): string {
  const next = isFinal ? 'It needs a change: see the reason.' : 'It will be tried again.';
  return [
    marker,
    '### 💥 Policy review: could not be done — treated as failing',
    '',
    `${code(headSha.slice(0, 12))}: ${plain(reason)}`,
    '',
    next,
    '',
  ].join('\n');
}
