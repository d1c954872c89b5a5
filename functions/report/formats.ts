import type { Report } from '../../gitops/review/report.ts';
import { renderGithub } from './github.ts';
import { renderGitlab } from './gitlab.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { renderOpenReports } from './openreports.ts';
import { renderSarif } from './sarif.ts';
import { renderText } from './text.ts';

/** Every output format, by the name that `-o` takes. */
export const FORMATS = {
  text: renderText,
  json: renderJson,
  markdown: (report) => renderMarkdown(report),
  sarif: renderSarif,
  junit: renderJunit,
  github: renderGithub,
  gitlab: renderGitlab,
  openreports: renderOpenReports,
} as const satisfies Record<string, (report: Report) => string>;

export type Format = keyof typeof FORMATS;
