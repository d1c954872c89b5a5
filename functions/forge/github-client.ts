import type { Octokit } from '@octokit/core';
import { ForgeError } from './forge-api.ts';

/** What every request names. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export type GithubClient = InstanceType<typeof Octokit>;

/** GitHub's longest page. */
export const PAGE = 100;

/** Returns the data of an answer. */
export async function ask<T>(call: Promise<{ data: T }>): Promise<T> {
  try {
    return (await call).data;
  } catch (cause) {
    const { status = 0, message } = cause as { status?: number; message?: string };
    throw new ForgeError(`GitHub refused: ${message}`, { status, cause });
  }
}
