// The files of a source at a commit: fetched, filtered and parsed.

import pLimit from 'p-limit';
import type { Problem } from '../../policies/problem.ts';
import type { Cluster } from '../cluster.ts';
import { PermanentError, RetryableError } from '../errors.ts';
import { SECRET, WEBAPP_SOURCE } from '../kinds.ts';
import { isIn, plainPath } from '../paths.ts';
import type { ChangedFile, Credentials, Snapshot } from '../repository.ts';
import type { WebAppSource } from '../webapp.ts';
import { isManifestPath, type ManifestFile, readManifests, unread } from './manifests.ts';

const PARALLEL_READS = 16;
/** Characters of all files of one sync, which are held until it is over; a WebApp has a thousand. */
const MAX_TEXT = 32 * 2 ** 20;
/** Files outside the path that are looked into; a commit that touches more is somebody else's business. */
const MAX_OUTSIDE = 50;
const MAX_SOURCES = 500;

/** Returns the user name and password of the Secret that the source names, or of another one of its namespace. */
export async function credentialsOf(
  source: WebAppSource,
  cluster: Cluster,
  secretRef = source.spec.secretRef,
): Promise<Credentials | undefined> {
  if (secretRef === undefined) return undefined;
  const { namespace = '' } = source.metadata;
  const where = `Secret ${namespace}/${secretRef.name}`;
  const secret = await cluster.get(SECRET, { namespace, name: secretRef.name });
  if (secret === undefined) throw new RetryableError('SecretNotFound', `${where} does not exist`);
  const data = (secret.data ?? {}) as Record<string, string>;
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  if (text('password') === '')
    throw new RetryableError('SecretInvalid', `${where} has no key password`);
  return { username: text('username') || 'git', password: text('password') };
}

/** Returns the manifest files below the source's path that changed; a deleted one holds no names. */
export async function readChanged(
  source: WebAppSource,
  snapshot: Snapshot,
): Promise<ManifestFile[]> {
  await demandFolder(source, snapshot);
  return readManifestFiles(source, snapshot, await snapshot.changedFiles(folderOf(source)));
}

/** Returns all manifest files below the source's path. */
export async function readWhole(source: WebAppSource, snapshot: Snapshot): Promise<ManifestFile[]> {
  await demandFolder(source, snapshot);
  const found = await snapshot.files(folderOf(source));
  const files = found.map(({ path, blob }) => ({ path, after: blob }));
  return readManifestFiles(source, snapshot, files);
}

async function demandFolder(source: WebAppSource, snapshot: Snapshot): Promise<void> {
  const folder = folderOf(source);
  // A mistyped or vanished folder must not look like a folder without files, or all WebApps would be pruned.
  if (folder !== '' && !(await snapshot.hasPath(folder))) {
    throw new RetryableError(
      'PathNotFound',
      `there is no folder ${folder} at commit ${snapshot.commit}`,
    );
  }
}

async function readManifestFiles(
  source: WebAppSource,
  snapshot: Snapshot,
  files: readonly ChangedFile[],
): Promise<ManifestFile[]> {
  const { namespace = '' } = source.metadata;
  const manifests = files.filter(({ path }) => isManifestPath(path) && !isOfPolicies(source, path));
  const counted = counting(snapshot);
  return pLimit(PARALLEL_READS).map(manifests, async ({ path, after }) => {
    if (after === undefined)
      return { path, manifests: [], problems: [], names: [], complete: true };
    return readFile(counted, { path, blob: after, namespace });
  });
}

/** A small pack can hold gigabytes of text. What was to be read beside a text too many is not. */
function counting({ readText }: Snapshot): Pick<Snapshot, 'readText'> {
  let size = 0;
  const demand = () => {
    if (size <= MAX_TEXT) return;
    const message = `the files below spec.path have more than ${MAX_TEXT} characters: split the source`;
    throw new RetryableError('GitLimitExceeded', message);
  };
  return {
    async readText(blob) {
      demand();
      const text = await readText(blob);
      size += text.length;
      demand();
      return text;
    },
  };
}

/**
 * Returns a warning for each WebApp that a push put outside the source's path, where it has no effect. Only
 * looked for in what a push changed, and only where no other source follows that place.
 */
export async function warnOutside(
  source: WebAppSource,
  snapshot: Snapshot,
  cluster: Cluster,
): Promise<Problem[]> {
  const folder = folderOf(source);
  if (snapshot.history !== 'forward' || folder === '') return [];
  const { namespace = '' } = source.metadata;
  const changed = (await changedAnywhere(snapshot)).filter(
    ({ path, after }) =>
      after &&
      isManifestPath(path) &&
      !path.startsWith(`${folder}/`) &&
      !isOfPolicies(source, path),
  );
  const files = await pLimit(PARALLEL_READS).map(changed, ({ path, after = '' }) =>
    readFile(snapshot, { path, blob: after, namespace }),
  );
  const outside = files.flatMap(({ manifests }) => manifests);
  const others = outside.length > 0 ? await foldersOfOthers(source, cluster) : [];
  return outside
    .filter(({ path }) => !others.some((other) => other === '' || path.startsWith(`${other}/`)))
    .map(({ name, problemAt }) => ({
      ...problemAt(
        '',
        `WebApp ${name} is outside spec.path ${folder} and is not applied; move the file or widen the path`,
      ),
      severity: 'warning' as const,
    }));
}

/** A push that touches more files than are looked at is a great change elsewhere, and no reason to fail here. */
async function changedAnywhere(snapshot: Snapshot): Promise<ChangedFile[]> {
  const changed = await snapshot.changedFiles('').catch(() => []);
  return changed.length > MAX_OUTSIDE ? [] : changed;
}

/** The folders of the same repository that other sources follow. */
async function foldersOfOthers(
  { metadata, spec }: WebAppSource,
  cluster: Cluster,
): Promise<string[]> {
  const { items } = await cluster.list(WEBAPP_SOURCE, { limit: MAX_SOURCES });
  return (items as readonly WebAppSource[])
    .filter((other) => other.metadata.uid !== metadata.uid && other.spec.url === spec.url)
    .map(folderOf);
}

/** Returns whether a file is one of the source's policies. They may lie below spec.path, and are no WebApps. */
export function isOfPolicies({ spec }: WebAppSource, path: string): boolean {
  return spec.policies !== undefined && isIn(spec.policies.path, path);
}

function folderOf({ spec }: WebAppSource): string {
  return plainPath(spec.path);
}

async function readFile(
  snapshot: Pick<Snapshot, 'readText'>,
  { path, blob, namespace }: { path: string; blob: string; namespace: string },
): Promise<ManifestFile> {
  try {
    return readManifests(path, await snapshot.readText(blob), namespace);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return unread(path, error.message);
  }
}
