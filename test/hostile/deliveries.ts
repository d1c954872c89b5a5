// Webhooks with any body, signed as each Git server signs.
import { createHmac } from 'node:crypto';
import { type Call, WEBHOOK_SECRET } from '../helpers/functions-entries.ts';

export type ForgeName = 'github' | 'gitea' | 'gitlab' | 'bitbucket' | 'plain';
export const FORGE_NAMES: readonly ForgeName[] = [
  'github',
  'gitea',
  'gitlab',
  'bitbucket',
  'plain',
];

const hex = (body: Buffer | string, secret: string) =>
  createHmac('sha256', secret).update(body).digest('hex');

/** The header that proves a body, by forge. */
const SIGNATURES: Record<ForgeName, (body: Buffer | string, secret: string) => [string, string]> = {
  github: (body, secret) => ['x-hub-signature-256', `sha256=${hex(body, secret)}`],
  gitea: (body, secret) => ['x-gitea-signature', hex(body, secret)],
  gitlab: (_, secret) => ['x-gitlab-token', secret],
  bitbucket: (body, secret) => ['x-hub-signature', `sha256=${hex(body, secret)}`],
  plain: (body, secret) => ['x-webapp-signature', `sha256=${hex(body, secret)}`],
};

/** The events that each forge's push and pull request come as. */
export const EVENTS: Record<ForgeName, readonly Record<string, string>[]> = {
  github: ['push', 'pull_request', 'check_run', 'check_suite', 'issue_comment'].map((event) => ({
    'x-github-event': event,
  })),
  gitea: ['push', 'pull_request'].map((event) => ({ 'x-gitea-event': event })),
  gitlab: ['Push Hook', 'Merge Request Hook'].map((event) => ({ 'x-gitlab-event': event })),
  bitbucket: [{ 'x-event-key': 'repo:push' }],
  plain: [{}],
};

/** Returns a delivery whose proof is right for the secret, as the forge's push unless told otherwise. */
export function delivery(
  forge: ForgeName,
  body: Buffer | string,
  { secret = WEBHOOK_SECRET, event = EVENTS[forge][0] ?? {} } = {},
): Call {
  const proof = Object.fromEntries([SIGNATURES[forge](body, secret)]);
  return {
    path: `/webhooks/${forge}`,
    headers: { 'content-type': 'application/json', ...event, ...proof },
    body,
  };
}

/** Returns a signed delivery of GitLab's newer form, from a moment in seconds since the epoch. */
export function signedByGitlab(body: string, seconds: number, secret = WEBHOOK_SECRET): Call {
  const signature = createHmac('sha256', secret).update(`id.${seconds}.${body}`).digest('base64');
  return {
    path: '/webhooks/gitlab',
    headers: {
      'x-gitlab-event': 'Push Hook',
      'webhook-id': 'id',
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  };
}

/** Headers that prove who sent a webhook. */
export const PROOFS = [
  'x-hub-signature-256',
  'x-hub-signature',
  'x-gitea-signature',
  'x-gitlab-token',
  'x-webapp-signature',
];

/** Returns a call without some of its headers. */
export function without(call: Call, ...names: string[]): Call {
  const headers = Object.entries(call.headers ?? {}).filter(([name]) => !names.includes(name));
  return { ...call, headers: Object.fromEntries(headers) };
}

/** A push to a repository that nobody follows. */
export const BODY = JSON.stringify({
  ref: 'refs/heads/main',
  repository: { clone_url: 'https://x.example/y' },
});
