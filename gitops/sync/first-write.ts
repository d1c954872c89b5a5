// Before its first write a sync notes on the source what it is about to apply. One that is killed then leaves word that a
// part of a commit may be there, though the branch has moved on or back: the next one compares all files.
import type { Cluster } from '../cluster.ts';
import type { WebAppSource } from '../webapp.ts';
import { recordSource } from './record-source.ts';

interface Writing {
  /** The commit, once it is known. */
  readonly revision: () => string | undefined;
  /** The functions' own rights, for the note. */
  readonly cluster: Cluster;
  /** Whose rights count for the writes. */
  readonly actor: Cluster;
}

/** A sync's way to write. */
export interface NotedWrites {
  /** The actor's cluster; a rehearsal is no write. */
  readonly cluster: Cluster;
  /** Returns the source as the note has left it. Throws the conflict where somebody else has recorded a sync meanwhile. */
  source(): Promise<WebAppSource>;
}

/** Returns a way to write that notes the revision once, before the first write, by when it is known. */
export function noteFirstWrite(source: WebAppSource, writing: Writing): NotedWrites {
  const { actor } = writing;
  let noted: Promise<WebAppSource> | undefined;
  const begin = () => {
    noted ??= note(source, writing);
    return noted;
  };
  return {
    source: () => noted ?? Promise.resolve(source),
    cluster: {
      get: (of, key) => actor.get(of, key),
      list: (of, options) => actor.list(of, options),
      as: (account) => actor.as(account),
      apply: async (of, desired, options) => {
        if (!options.dryRun) await begin();
        return actor.apply(of, desired, options);
      },
      applyStatus: (of, live, status) => begin().then(() => actor.applyStatus(of, live, status)),
      patch: (of, live, patch) => begin().then(() => actor.patch(of, live, patch)),
      create: (of, object) => begin().then(() => actor.create(of, object)),
      delete: (of, live, options) => begin().then(() => actor.delete(of, live, options)),
    },
  };
}

async function note(source: WebAppSource, { revision, cluster }: Writing): Promise<WebAppSource> {
  const before = source.status.applyingRevision;
  const applyingRevision = revision() ?? before;
  if (applyingRevision === undefined || applyingRevision === before) return source;
  const status = { ...source.status, applyingRevision };
  const { resourceVersion = '' } = (await recordSource(source, status, cluster)).metadata;
  // A push that came meanwhile has changed an annotation: this sync has not seen it and must not answer it.
  return { ...source, status, metadata: { ...source.metadata, resourceVersion } };
}
