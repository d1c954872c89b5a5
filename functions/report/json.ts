import type { Report } from '../../gitops/review/report.ts';

/** Returns the report itself; its schema is docs/review-report.schema.json. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
