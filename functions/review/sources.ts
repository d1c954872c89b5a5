// Which WebAppSources a repository's pull requests are reviewed for, and by which credentials.
import { type Cluster, pagesOf } from '../../gitops/cluster.ts';
import { PermanentError } from '../../gitops/errors.ts';
import { WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { Credentials } from '../../gitops/repository.ts';
import { credentialsOf } from '../../gitops/sync/source-files.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { FORGE_APIS } from '../forge/apis.ts';
import type { ForgeApi } from '../forge/forge-api.ts';
import { normalizeUrl } from '../forge/webhooks.ts';

/** A source that wants reviews, and how its repository is reached. */
export interface ReviewedSource {
  readonly source: WebAppSource;
  readonly credentials: Credentials | undefined;
  readonly forge: ForgeApi;
}

/** Returns the sources of a repository that want reviews, in the order of their names. */
export async function reviewedSources(
  urls: readonly string[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ReviewedSource[]> {
  const wanted = new Set(urls.map(normalizeUrl));
  const found: WebAppSource[] = [];
  for await (const { items } of pagesOf(cluster, WEBAPP_SOURCE)) {
    const fitting = (items as readonly WebAppSource[]).filter(
      ({ spec }) =>
        spec.review !== undefined && !spec.suspend && wanted.has(normalizeUrl(spec.url)),
    );
    found.push(...fitting);
  }
  return Promise.all(found.sort(byName).map((source) => reached(source, cluster, signal)));
}

/** Returns a source with its forge; the token is that of spec.review, else the one that reads the repository. */
export async function reached(
  source: WebAppSource,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ReviewedSource> {
  const { review, url } = source.spec;
  if (review === undefined) throw new PermanentError('NoReview', 'the source has no spec.review');
  const credentials = await credentialsOf(source, cluster);
  const token = (await credentialsOf(source, cluster, review.secretRef ?? source.spec.secretRef))
    ?.password;
  if (token === undefined) {
    const message = 'reviews need an access token: name its Secret in spec.review.secretRef';
    throw new PermanentError('NoReviewToken', message);
  }
  const { apiURL: apiUrl } = review;
  const forge = FORGE_APIS[review.forge]({ url, token, signal, ...(apiUrl && { apiUrl }) });
  return { source, credentials, forge };
}

function byName(a: WebAppSource, b: WebAppSource): number {
  const key = ({ metadata }: WebAppSource) => `${metadata.namespace}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
