import type { Report } from '../../gitops/review/report.ts';
import { jsonOf } from './words.ts';

/** Returns the report itself; its schema is docs/review-report.schema.json. */
export function renderJson(report: Report): string {
  return jsonOf(report);
}
