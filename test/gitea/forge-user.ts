// What people do on a Gitea, by its API and by git.
import { type Api, giteaApi } from 'gitea-js';
import type { Gitea, GiteaUser } from '../../infra/gitea/start.ts';
import { cloneRepository, type GitClone } from '../helpers/git-repo.ts';

/** Somebody with an account. */
export interface Person {
  readonly name: string;
  readonly api: Api<unknown>;
  /** Clones a repository so that pushes are this person's. */
  clone(owner: string, repository: string): Promise<GitClone>;
}

export function person({ url }: Gitea, { name, token }: GiteaUser): Person {
  const address = new URL(url);
  return {
    name,
    api: giteaApi(url, { token }),
    clone: (owner, repository) =>
      cloneRepository(`http://${name}:${token}@${address.host}/${owner}/${repository}.git`),
  };
}

/** Makes a repository with these files on `main`, and returns its clone URL. */
export async function makeRepository(
  owner: Person,
  name: string,
  files: Record<string, string>,
): Promise<string> {
  const options = { name, auto_init: true, default_branch: 'main' };
  const { data } = await owner.api.user.createCurrentUserRepo(options);
  await using clone = await owner.clone(owner.name, name);
  await clone.push(files);
  return data.clone_url ?? '';
}

/** Has a webhook tell of pushes and pull requests. */
export async function addWebhook(
  owner: Person,
  repository: string,
  webhook: { url: string; secret: string },
): Promise<void> {
  const config = { url: webhook.url, secret: webhook.secret, content_type: 'json' };
  const events = ['push', 'pull_request'];
  const hook = { type: 'gitea', active: true, events, config } as const;
  await owner.api.repos.repoCreateHook(owner.name, repository, hook);
}

/** Opens a pull request against main; `head` is a branch, or owner:branch of a fork. Returns its number. */
export async function openPullRequest(
  author: Person,
  { owner, repository, head }: { owner: string; repository: string; head: string },
): Promise<number> {
  const options = { head, base: 'main', title: `Change ${head}` };
  const { data } = await author.api.repos.repoCreatePullRequest(owner, repository, options);
  return data.number ?? 0;
}
