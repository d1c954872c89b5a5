// What a merge would change in one source: its WebApps before and after, and what is wrong with their files.

import type { Problem } from '../../policies/problem.ts';
import { PermanentError } from '../errors.ts';
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { isIn } from '../paths.ts';
import {
  isManifestPath,
  type Manifest,
  type ManifestFile,
  readManifests,
} from '../sync/manifests.ts';
import { isPolicyPath } from '../sync/policy-files.ts';
import { planSync } from '../sync/sync-plan.ts';
import { ANNOTATION } from '../webapp.ts';
import type { Proposed } from './findings.ts';
import { type Commits, mergedTree, type ReadFile, readAll, type Tree, treeOf } from './trees.ts';

/** One WebAppSource as far as a review needs it. */
export interface Scope {
  readonly namespace: string;
  /** Name of the WebAppSource, where there is one: policies may select by the label that it leaves. */
  readonly source?: string;
  /** Folder of the WebApps. */
  readonly path: string;
  /** Folder of the policies, where there are any. */
  readonly policies?: string;
  /** False where the source deletes nothing (spec.prune), so that a WebApp whose file goes stays. */
  readonly prune?: boolean;
}

export interface Proposal {
  /** WebApps of the base and of the result, by name. */
  readonly before: ReadonlyMap<string, Proposed>;
  readonly after: ReadonlyMap<string, Proposed>;
  /** Names of those that are new or other than before. */
  readonly changed: readonly string[];
  /** Names of those that a sync would delete. */
  readonly deleted: readonly string[];
  /** What is wrong with files that the head changed. */
  readonly problems: readonly Problem[];
  readonly texts: ReadonlyMap<string, string>;
}

/** More files than this are read only where they changed. */
const MAX_READ = 500;

/** How much of the repository is looked at. */
export interface Extent {
  /** Reads every file, also of a large repository. */
  readonly all: boolean;
  /** A proposal that changes more files is refused. */
  readonly maxFiles: number;
}

/** Returns the proposal; one that is too large is a permanent error. */
export async function proposalOf(
  commits: Commits,
  scope: Scope,
  { all, maxFiles }: Extent,
): Promise<Proposal> {
  const base = manifestsIn(await treeOf(commits.base, scope.path), scope);
  const merged = manifestsIn(await mergedTree(commits, scope.path), scope);
  const touched = new Set(
    [...base.keys(), ...merged.keys()].filter(
      (path) => base.get(path)?.blob !== merged.get(path)?.blob,
    ),
  );
  if (touched.size > maxFiles) throw tooLarge(touched.size, maxFiles);
  const wanted = (tree: Tree) =>
    [...tree.values()].filter(({ path }) => all || tree.size <= MAX_READ || touched.has(path));
  const [old, now] = await Promise.all([readAll(wanted(base)), readAll(wanted(merged))]);
  const [oldFiles, files] = [parse(old, scope), parse(now, scope)];
  const plan = planSync([], files, { whole: true });
  const before = byName(
    oldFiles.flatMap(({ manifests }) => manifests),
    old,
  );
  const after = byName(plan.apply, now);
  const named = new Set(files.flatMap(({ names }) => names));
  return {
    before,
    after,
    changed: [...after]
      .filter(([name, { manifest }]) => differs(before.get(name)?.manifest, manifest))
      .map(([name]) => name),
    deleted: [...before]
      .filter(([name, { manifest }]) => !named.has(name) && isPruned(manifest, scope))
      .map(([name]) => name),
    problems: [...plan.problems, ...unreadable(now)].filter(({ path }) => touched.has(path)),
    texts: new Map(now.map(({ path, text }) => [path, text])),
  };
}

/** Returns a WebApp as its file has it. */
export function webappOf(
  { name, labels, annotations, spec }: Manifest,
  namespace: string,
): KubeObject {
  const { apiVersion, kind } = WEBAPP;
  const some = (map: object) => Object.keys(map).length > 0;
  const metadata = {
    name,
    namespace,
    ...(some(labels) && { labels }),
    ...(some(annotations) && { annotations }),
  };
  return { apiVersion, kind, metadata, spec };
}

function isPruned({ annotations }: Manifest, { prune = true }: Scope): boolean {
  return prune && annotations[ANNOTATION.prune] !== 'disabled';
}

function tooLarge(size: number, most: number): PermanentError {
  const message = `${size} files of WebApps change, at most ${most} are reviewed at once; split the pull request`;
  return new PermanentError('PullRequestTooLarge', message);
}

function manifestsIn(tree: Tree, { policies }: Scope): Tree {
  const isPolicy = (path: string) => policies !== undefined && isIn(policies, path);
  return new Map([...tree].filter(([path]) => isManifestPath(path) && !isPolicy(path)));
}

/** Returns the policy files of a tree, which is that of a folder. */
export function policyFilesIn(tree: Tree, folder: string): Tree {
  return new Map([...tree].filter(([path]) => isPolicyPath(path, folder)));
}

function parse(files: readonly ReadFile[], { namespace }: Scope): ManifestFile[] {
  return files
    .filter(({ error }) => error === undefined)
    .map(({ path, text }) => readManifests(path, text, namespace));
}

function unreadable(files: readonly ReadFile[]): Problem[] {
  return files.flatMap(({ path, error }) =>
    error === undefined ? [] : [{ path, line: 1, column: 1, message: error }],
  );
}

function byName(manifests: readonly Manifest[], files: readonly ReadFile[]): Map<string, Proposed> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return new Map(
    manifests.map((manifest) => [
      manifest.name,
      { manifest, text: texts.get(manifest.path) ?? '' },
    ]),
  );
}

function differs(before: Manifest | undefined, after: Manifest): boolean {
  const content = ({ spec, labels, annotations }: Manifest) =>
    JSON.stringify([spec, labels, annotations]);
  return before === undefined || content(before) !== content(after);
}
