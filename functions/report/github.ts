// Workflow commands: annotations where no token may write, as in pull requests from forks.
import type { Finding, Level, Place, Report } from '../../gitops/review/report.ts';
import { harmless, headline } from './text.ts';
import { placeInHead, ruleOf, sentence, verdict, visible } from './words.ts';

const COMMAND: Readonly<Record<Level, string>> = {
  deny: 'error',
  error: 'error',
  warn: 'warning',
  audit: 'notice',
};
/** GitHub shows ten of each kind for one step and drops the others without a word. */
const MAX_OF_EACH = 10;

/** Returns one command a line; what GitHub would drop is plain text for the log, before the verdict as a notice. */
export function renderGithub(report: Report): string {
  const byCommand = Map.groupBy(report.findings, ({ level }) => COMMAND[level]);
  const shown = [...byCommand].flatMap(([name, all]) => all.slice(0, roomFor(name)));
  const rest = [...byCommand].flatMap(([name, all]) => all.slice(roomFor(name)));
  const more = rest.length > 0 ? ` (${rest.length} more in the log)` : '';
  const lines = [
    ...shown.map(command),
    ...rest.map((finding) => harmless(headline(finding))),
    `::notice title=Policy review::${data(verdict(report) + more)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The verdict is a notice, too. */
function roomFor(name: string): number {
  return name === 'notice' ? MAX_OF_EACH - 1 : MAX_OF_EACH;
}

function command(finding: Finding): string {
  const { level, message, side } = finding;
  const place = placeInHead(finding);
  const properties = Object.entries({ ...(place && position(place)), title: ruleOf(finding) })
    .map(([key, value]) => `${key}=${property(String(value))}`)
    .join(',');
  return `::${COMMAND[level]} ${properties}::${data(side === 'base' ? sentence(finding) : message)}`;
}

/** GitHub takes columns for one line only. */
function position({ path, line, column, endLine, endColumn }: Place): object {
  const columns = line === endLine && { col: column, endColumn };
  return { file: path, line, endLine, ...columns };
}

function data(text: string): string {
  return escaped(
    text
      .split(/\r\n|\r|\n/)
      .map(visible)
      .join('\n'),
  );
}

function property(text: string): string {
  return escaped(visible(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\n', '%0A');
}
