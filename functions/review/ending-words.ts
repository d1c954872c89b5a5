// What became of a merge, as one sentence.
import type { Cluster } from '../../gitops/cluster.ts';
import { conditionOf } from '../../gitops/conditions.ts';
import { webappsOf } from '../../gitops/sync/made-by.ts';
import { ANNOTATION, annotation, type WebApp, type WebAppSource } from '../../gitops/webapp.ts';
import { code, plain } from '../report/markdown-text.ts';
import { count } from '../report/words.ts';

/** A merge can touch more WebApps than a comment has room for. */
const MAX_NAMED = 10;

/** Returns the sentence, or undefined while something is still going on. */
export async function endingOf(
  source: WebAppSource,
  cluster: Cluster,
): Promise<string | undefined> {
  const { status } = source;
  const revision = status.lastAttemptedRevision ?? '';
  const ready = conditionOf(status.conditions, 'Ready');
  if (conditionOf(status.conditions, 'Reconciling')) return undefined;
  if (ready?.status === 'False') return `❌ Not applied as it is: ${plain(ready.message)}`;
  const webapps = await appliedBy(source, revision, cluster);
  const shown = code(revision.replace(/@sha1:([0-9a-f]{12})[0-9a-f]*$/, '@$1'));
  const stalled = webapps.filter(({ status: of }) => conditionOf(of.conditions, 'Stalled'));
  if (stalled.length > 0) return `❌ Applied ${shown}, but ${some(stalled.map(why), '; ')}`;
  const waiting = webapps.some((each) => !isReady(each));
  if (waiting) return undefined;
  const names = some(
    webapps.map(({ metadata }) => code(metadata.name)),
    ', ',
  );
  const what =
    webapps.length > 0 ? `${count(webapps.length, 'WebApp')} Ready: ${names}` : 'no WebApp changed';
  return `🚀 Applied ${shown}. ${what}`;
}

function some(texts: readonly string[], separator: string): string {
  const more = texts.length - MAX_NAMED;
  const told = texts.slice(0, MAX_NAMED).join(separator);
  return more > 0 ? `${told} and ${more} more` : told;
}

function isReady({ metadata, status }: WebApp): boolean {
  const isSeen = status.observedGeneration === metadata.generation;
  return isSeen && conditionOf(status.conditions, 'Ready')?.status === 'True';
}

function why({ metadata, status }: WebApp): string {
  return `${code(metadata.name)} is not Ready: ${plain(conditionOf(status.conditions, 'Ready')?.message ?? '')}`;
}

async function appliedBy(
  source: WebAppSource,
  revision: string,
  cluster: Cluster,
): Promise<WebApp[]> {
  const made = await webappsOf(source, cluster);
  return made.filter((webapp) => annotation(webapp, ANNOTATION.revision) === revision);
}
