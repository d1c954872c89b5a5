// A sync remembers which commit it was brought: wherever it fails later, the failure is counted as that commit's.
import type { Repositories } from '../repository.ts';
import { revisionOf } from './source-status.ts';

/** Repositories that remember what they brought. */
export interface NotedRepositories {
  readonly repositories: Repositories;
  /** Returns the commit fetched last as branch@sha1:commit; undefined as long as none was. */
  revision(): string | undefined;
}

/** Returns the repositories as they are, with a note of the commit that each fetch brings. */
export function noteCommit(repositories: Repositories): NotedRepositories {
  let revision: string | undefined;
  return {
    revision: () => revision,
    repositories: {
      ...repositories,
      fetch: async (request) => {
        const snapshot = await repositories.fetch(request);
        revision = revisionOf(request.branch, snapshot.commit);
        return snapshot;
      },
    },
  };
}
