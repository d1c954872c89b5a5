// Workflow commands: annotations where no token may write, as in pull requests from forks.
import type { Finding, Level, Report } from '../../gitops/review/report.ts';
import { ruleOf, verdict } from './words.ts';

const COMMAND: Readonly<Record<Level, string>> = {
  deny: 'error',
  error: 'error',
  warn: 'warning',
  audit: 'notice',
};
/** GitHub shows ten of each kind for one step and drops the others without a word. */
const MAX_OF_EACH = 10;

/** Returns one command a line; what GitHub would drop is counted in a last notice. */
export function renderGithub(report: Report): string {
  const byCommand = Map.groupBy(report.findings, ({ level }) => COMMAND[level]);
  const shown = [...byCommand.values()].flatMap((findings) => findings.slice(0, MAX_OF_EACH));
  const rest = report.findings.length - shown.length;
  const more = rest > 0 ? ` (${rest} more in the log)` : '';
  const lines = shown.map(command);
  return `${[...lines, `::notice title=Policy review::${data(verdict(report) + more)}`].join('\n')}\n`;
}

function command(finding: Finding): string {
  const { level, place, message } = finding;
  const sameLine = place && place.line === place.endLine;
  const where = place
    ? {
        file: place.path,
        line: place.line,
        endLine: place.endLine,
        // GitHub takes columns for one line only.
        ...(sameLine && { col: place.column, endColumn: place.endColumn }),
      }
    : {};
  const properties = Object.entries({ ...where, title: ruleOf(finding) })
    .map(([key, value]) => `${key}=${property(String(value))}`)
    .join(',');
  return `::${COMMAND[level]} ${properties}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
