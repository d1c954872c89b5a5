// Which WebAppSources a repository's pull requests are reviewed for, and by which credentials.
import { type Cluster, listAll } from '../../gitops/cluster.ts';
import { PermanentError } from '../../gitops/errors.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { SECRET, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { Credentials } from '../../gitops/repository.ts';
import { credentialsOf } from '../../gitops/sync/source-files.ts';
import type { WebAppSource } from '../../gitops/webapp.ts';
import { canonicalJson } from '../../policies/index.ts';
import type { Context } from '../context.ts';
import { FORGE_APIS } from '../forge/apis.ts';
import type { ForgeApi, ForgeCredentials } from '../forge/forge-api.ts';
import { normalizeUrl, sameRepository } from '../forge/webhooks.ts';
import { statusNameOf } from './names.ts';

/** A source that wants reviews, and how its repository is reached. */
export interface ReviewedSource {
  readonly source: WebAppSource;
  /** Equal for sources that ask the same forge for the same repository with the same credentials. */
  readonly authority: string;
  readonly credentials: Credentials | undefined;
  readonly forge: ForgeApi;
}

/** What a review works with. Without a cluster the sources are those of SOURCES_FILE. */
export interface ReviewSurroundings {
  readonly context: Context;
  readonly cluster: Cluster | undefined;
  readonly signal: AbortSignal;
}

/** Returns the surroundings of one request, which end with the signal. */
export function surroundings(context: Context, signal: AbortSignal): ReviewSurroundings {
  const cluster = context.config.standalone ? undefined : context.cluster(signal);
  return { context, cluster, signal };
}

/** Returns the sources of a repository that want reviews, in the order of their names. */
export async function reviewedSources(
  urls: readonly string[],
  world: ReviewSurroundings,
): Promise<WebAppSource[]> {
  const isWanted = sameRepository(urls);
  const found = (await allSources(world)).filter(
    ({ spec }) => isReviewed(spec) && isWanted(spec.url),
  );
  return found.sort(byName);
}

/** Whether pull requests against a source are reviewed. */
export function isReviewed({ review, suspend }: WebAppSource['spec']): boolean {
  return review !== undefined && !suspend;
}

/** Returns where the forge of a source keeps the refs of pull requests: refs/pull/1/head. */
export function refsOf({ spec }: WebAppSource): 'pull' | 'merge-requests' {
  return spec.review?.forge === 'gitlab' ? 'merge-requests' : 'pull';
}

async function allSources({ context, cluster }: ReviewSurroundings): Promise<WebAppSource[]> {
  if (cluster === undefined) return [...(context.config.standalone?.sources ?? [])];
  return (await listAll(cluster, WEBAPP_SOURCE)) as WebAppSource[];
}

/** Returns a source with its forge; the token is that of spec.review, else the one that reads the repository. */
export async function reached(
  source: WebAppSource,
  world: ReviewSurroundings,
): Promise<ReviewedSource> {
  const { review, url } = source.spec;
  if (review === undefined) throw new PermanentError('NoReview', 'the source has no spec.review');
  const { credentials, by } = await credentialsFor(source, world);
  if (by === undefined) {
    const message = 'reviews need an access token: name its Secret in spec.review.secretRef';
    throw new PermanentError('NoReviewToken', message);
  }
  const { apiURL: apiUrl } = review;
  const { context, signal } = world;
  const access = {
    ...{ url, credentials: by, signal, statusName: statusNameOf(source) },
    ...{ reach: context.reach, waits: context.forgeWaits },
    ...(apiUrl && { apiUrl }),
  };
  const { protocol } = new URL(url);
  const asked = [protocol, normalizeUrl(url), review.forge, apiUrl ?? '', credentials ?? null, by];
  const authority = sha256(canonicalJson(asked));
  return { source, authority, credentials, forge: FORGE_APIS[review.forge](access) };
}

interface Found {
  /** Those for reading the repository. */
  readonly credentials: Credentials | undefined;
  readonly by: ForgeCredentials | undefined;
}

async function credentialsFor(
  source: WebAppSource,
  { context, cluster }: ReviewSurroundings,
): Promise<Found> {
  if (cluster === undefined) {
    const token = context.config.standalone?.forgeToken ?? '';
    return { credentials: { username: 'git', password: token }, by: { kind: 'token', token } };
  }
  const credentials = await credentialsOf(source, cluster);
  return { credentials, by: await forgeCredentials(source, cluster) };
}

/** Keys of the Secret of a GitHub App. */
const APP_KEYS = ['githubAppID', 'githubAppInstallationID', 'githubAppPrivateKey'] as const;

async function forgeCredentials(
  source: WebAppSource,
  cluster: Cluster,
): Promise<ForgeCredentials | undefined> {
  const { review, secretRef } = source.spec;
  const named = review?.secretRef ?? secretRef;
  if (named === undefined) return undefined;
  const { namespace = '' } = source.metadata;
  const secret = await cluster.get(SECRET, { namespace, name: named.name });
  const data = (secret?.data ?? {}) as Record<string, string>;
  const [appId = '', installationId = '', privateKey = ''] = APP_KEYS.map((key) =>
    Buffer.from(data[key] ?? '', 'base64')
      .toString('utf8')
      .trim(),
  );
  if (appId && installationId && privateKey && review?.forge === 'github')
    return { kind: 'app', appId, installationId, privateKey };
  const credentials = await credentialsOf(source, cluster, named);
  return credentials && { kind: 'token', token: credentials.password };
}

function byName(a: WebAppSource, b: WebAppSource): number {
  const key = ({ metadata }: WebAppSource) => `${metadata.namespace}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}
