// Plans of a sync in short: files as texts, entries and WebApps as name@path.
import type { ExecutionContext } from 'ava';
import { type ManifestFile, readManifests } from '../../gitops/sync/manifests.ts';
import { planSync } from '../../gitops/sync/sync-plan.ts';
import { told } from './builders.ts';

/** Returns a document that can be applied. */
export const good = (name: string) =>
  `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: ${name}}\nspec: {image: a}\n`;
/** Returns a document that cannot be applied, but tells whose it is. */
export const bad = (name: string) => good(name).replace('{image: a}', 'x');
/** For a file that was deleted. */
export const DELETED = undefined;

/** What changed, and what is to come of it; what is left out is nothing. */
export interface PlanRow {
  readonly title: string;
  /** name@path of each entry. */
  readonly inventory?: string[];
  /** Text of each file that changed, its documents in a list; undefined: it was deleted. */
  readonly files: Record<string, string[] | undefined>;
  readonly whole?: boolean;
  readonly apply?: string[];
  readonly prune?: string[];
  readonly kept?: string[];
  /** Path, position and first words of each. */
  readonly problems?: string[];
}

/** Plans a row and checks what comes of it. */
export function checkPlan(
  t: ExecutionContext,
  { title: _, inventory = [], files, whole = false, ...want }: PlanRow,
): void {
  const plan = planSync(inventory.map(entry), Object.entries(files).map(read), { whole });
  t.deepEqual(
    {
      apply: plan.apply.map(text),
      prune: plan.prune,
      kept: plan.kept.map(text),
      problems: plan.problems.map((problem, i) => {
        const found = `${problem.path} ${told(problem)}`;
        const start = want.problems?.[i];
        return start && found.startsWith(start) ? start : found;
      }),
    },
    { apply: [], prune: [], kept: [], problems: [], ...want },
  );
}

function read([path, documents]: [string, string[] | undefined]): ManifestFile {
  if (documents === undefined)
    return { path, manifests: [], problems: [], names: [], complete: true };
  return readManifests(path, documents.join('---\n'), 'default');
}

function entry(text: string) {
  const [name = '', path = ''] = text.split('@');
  return { name, path };
}

function text({ name, path }: { name: string; path: string }): string {
  return `${name}@${path}`;
}
