import type { ForgeAccess, ForgeApi } from './forge-api.ts';
import { giteaForge } from './gitea.ts';
import { githubForge } from './github.ts';
import { gitlabForge } from './gitlab.ts';

/** The forges whose pull requests are reviewed, by the name that spec.review.forge takes. */
export const FORGE_APIS = {
  github: githubForge,
  gitlab: gitlabForge,
  gitea: giteaForge,
} as const satisfies Record<string, (access: ForgeAccess) => ForgeApi>;

export type ForgeName = keyof typeof FORGE_APIS;
