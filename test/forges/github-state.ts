// What a stand-in for GitHub remembers.
import type { Pull } from './loopback.ts';

/** Whom a token belongs to. */
export interface Account {
  readonly id: number;
  readonly login: string;
  /** Id of the App; absent for a person. */
  readonly app?: number;
}

export interface GithubComment {
  readonly id: number;
  body: string;
  readonly user: { readonly id: number; readonly login: string };
}

export interface CheckRun {
  readonly id: number;
  readonly app: { readonly id: number };
  readonly name: string;
  readonly head_sha: string;
  readonly external_id: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null; annotations_count: number };
  readonly annotations: { path: string; start_line: number; annotation_level: string }[];
}

export interface GithubStatus {
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

export const BOT: Account = { id: 900, login: 'webapp[bot]', app: 77 };
export const PERSON: Account = { id: 7, login: 'webapp-bot' };
export const PERSON_TOKEN = 'ghp_person';
export const APP_TOKEN = 'ghs_installation';

/** The repository acme/fleet as GitHub has it. */
export class GithubState {
  readonly pulls: Pull[] = [];
  readonly comments: GithubComment[] = [];
  readonly statuses: GithubStatus[] = [];
  readonly runs: CheckRun[] = [];
  readonly reviews: { path: string; line: number | null; body: string; user: Account }[] = [];
  readonly accounts = new Map([
    [PERSON_TOKEN, PERSON],
    [APP_TOKEN, BOT],
  ]);
  ids = 1;

  pull(number: string | undefined): Pull | undefined {
    return this.pulls.find((each) => each.number === Number(number));
  }
}
