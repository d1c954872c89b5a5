// What Prometheus knows of the visits of some revisions.
import { request } from 'undici';
import type { Counts } from './judge.ts';

const TIMEOUT_MS = 10_000;

/** Returns how many visits the revisions made in the last `seconds`, and how many failed. Throws when it cannot be asked. */
export async function countsOf(
  url: string,
  revisions: readonly string[],
  seconds: number,
): Promise<Counts> {
  const total = (metrics: readonly string[]) => query(url, sumOf(metrics, revisions, seconds));
  const [visits, failed] = await Promise.all([
    total(['webapp_reconcile_total', 'webapp_git_syncs_total']),
    total(['webapp_errors_total']),
  ]);
  return { visits, failed };
}

/**
 * A process tells its revision by webapp_build_info, which has the same job and instance as all else that it counts. What
 * was not there before counts from zero, and so does what is smaller than it was: increase() would leave out what a series
 * begins with, and those of WebApps begin with their first visit.
 */
function sumOf(metrics: readonly string[], revisions: readonly string[], seconds: number): string {
  // Names of revisions are DNS labels: nothing in them means anything in a regular expression but the dot.
  const names = revisions.map((name) => name.replaceAll('.', String.raw`\\.`)).join('|');
  const who = `max by (job, instance) (webapp_build_info{revision=~"${names}"})`;
  return metrics
    .map((one) => `${one} - (${one} offset ${Math.ceil(seconds)}s <= ${one} or ${one} * 0)`)
    .map(
      (counts) =>
        `(sum(sum by (job, instance) (${counts}) * on (job, instance) ${who}) or vector(0))`,
    )
    .join(' + ');
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

async function query(url: string, expression: string): Promise<number> {
  const answer = await request(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ query: expression }).toString(),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { status, error, data } = (await answer.body.json()) as Answer;
  if (status !== 'success') throw new Error(`Prometheus refuses the query: ${error}`);
  return Number(data?.result[0]?.value[1] ?? 0);
}
