// From the files that changed to what is applied, kept and pruned; a value, no client.
import type { Problem } from '../../policies/problem.ts';
import type { Manifest, ManifestFile } from './manifests.ts';

/** A WebApp that a source has made, and the file it came from. */
export interface InventoryEntry {
  readonly name: string;
  readonly path: string;
}

/** What one sync is to do. */
export interface SyncPlan {
  readonly apply: readonly Manifest[];
  /** Names that no file has any more. */
  readonly prune: readonly string[];
  /** What stays as it is: entries of files that did not change, and of files that are wrong. */
  readonly kept: readonly InventoryEntry[];
  readonly problems: readonly Problem[];
}

/**
 * Returns the plan for the files that changed. `whole` says that they are all the files there are, so that an
 * entry of any other file is gone. A deleted file is given as one without names.
 */
export function planSync(
  inventory: readonly InventoryEntry[],
  files: readonly ManifestFile[],
  { whole }: { whole: boolean },
): SyncPlan {
  const read = new Map(files.map((file) => [file.path, file]));
  const elsewhere = whole ? [] : inventory.filter(({ path }) => !read.has(path));
  const isUnclear = files.some(({ complete }) => !complete);
  const { good, clashes } = separate(files, elsewhere);
  const named = new Set([...files.flatMap(({ names }) => names), ...namesOf(elsewhere)]);
  // What a file cannot tell may be any of them, moved there by the same commit.
  const isKept = ({ name }: InventoryEntry) => isUnclear || named.has(name);
  const applied = new Set(namesOf(good));
  return {
    apply: good,
    prune: namesOf(inventory.filter((entry) => !isKept(entry))),
    kept: inventory.filter((entry) => isKept(entry) && !applied.has(entry.name)),
    problems: [...files.flatMap(({ problems }) => problems), ...clashes],
  };
}

/** Sorts out WebApps that two places define: none of them is applied, as nobody can tell which was meant. */
function separate(files: readonly ManifestFile[], elsewhere: readonly InventoryEntry[]) {
  const manifests = files.flatMap((file) => file.manifests);
  const places = Map.groupBy<string, InventoryEntry>(
    [...manifests, ...elsewhere],
    ({ name }) => name,
  );
  const otherPlace = (manifest: Manifest) =>
    places.get(manifest.name)?.find((place) => place !== manifest);
  return {
    good: manifests.filter((manifest) => otherPlace(manifest) === undefined),
    clashes: manifests.flatMap((manifest) => {
      const other = otherPlace(manifest);
      return other ? [manifest.problemAt('metadata.name', clashMessage(manifest, other))] : [];
    }),
  };
}

function clashMessage({ name, path }: Manifest, other: InventoryEntry): string {
  const where = other.path === path ? 'again in this file' : `in ${other.path} too`;
  return `WebApp ${name} is defined ${where}; keep one of them`;
}

function namesOf(entries: readonly { readonly name: string }[]): string[] {
  return entries.map(({ name }) => name);
}
