// A push as each kind of Git server tells of it, signed.
import { createHmac } from 'node:crypto';
import { type Call, WEBHOOK_SECRET } from './functions-entries.ts';

/** Makes the webhook of a push to a branch of the repository with this address. */
export type Push = (url: string, branch: string, options?: PushOptions) => Call;

export interface PushOptions {
  /** Id of the delivery; a new one unless given. */
  readonly delivery?: string;
  readonly secret?: string;
}

interface Shape {
  readonly path: string;
  readonly body: object;
  headers(of: { text: string; secret: string; delivery: string }): Record<string, string>;
}

const hex = (text: string, secret: string) =>
  createHmac('sha256', secret).update(text).digest('hex');

function push(shape: (url: string, branch: string) => Shape): Push {
  return (url, branch, options = {}) => {
    const { delivery = crypto.randomUUID(), secret = WEBHOOK_SECRET } = options;
    const { path, body, headers } = shape(url, branch);
    const text = JSON.stringify(body);
    const own = headers({ text, secret, delivery });
    return {
      path: `/webhooks/${path}`,
      headers: { 'content-type': 'application/json', ...own },
      body: text,
    };
  };
}

/** Anything but a full ref is the name of a branch. */
const ref = (name: string) => (name.startsWith('refs/') ? name : `refs/heads/${name}`);

/** All are of one event, as when one webhook has brought about the next. */
const gitlabIds = (delivery: string) => ({
  'idempotency-key': delivery,
  'x-gitlab-event-uuid': '3a1c2f4e-0d6b-4a7e-9a51-6f0f5f3d2b10',
});

export const pushes = {
  github: push((url, branch) => ({
    path: 'github',
    body: { ref: ref(branch), repository: { clone_url: url, ssh_url: 'git@x:y.git' } },
    headers: ({ text, secret, delivery }) => ({
      'x-github-event': 'push',
      'x-github-delivery': delivery,
      'x-hub-signature-256': `sha256=${hex(text, secret)}`,
    }),
  })),
  gitea: push((url, branch) => ({
    path: 'gitea',
    body: { ref: ref(branch), repository: { clone_url: url } },
    headers: ({ text, secret, delivery }) => ({
      'x-gitea-event': 'push',
      'x-gitea-delivery': delivery,
      'x-gitea-signature': hex(text, secret),
    }),
  })),
  'gitlab with a token': push((url, branch) => ({
    path: 'gitlab',
    body: { object_kind: 'push', ref: ref(branch), project: { git_http_url: url } },
    headers: ({ secret, delivery }) => ({
      'x-gitlab-event': 'Push Hook',
      ...gitlabIds(delivery),
      'x-gitlab-token': secret,
    }),
  })),
  'gitlab with a signature': push((url, branch) => ({
    path: 'gitlab',
    body: { object_kind: 'push', ref: ref(branch), project: { git_http_url: url } },
    headers: ({ text, secret, delivery }) => {
      const time = String(Math.floor(Date.now() / 1_000));
      const signed = createHmac('sha256', secret).update(`${delivery}.${time}.${text}`);
      return {
        'x-gitlab-event': 'Push Hook',
        ...gitlabIds(delivery),
        'webhook-id': delivery,
        'webhook-timestamp': time,
        'webhook-signature': `v1,${signed.digest('base64')}`,
      };
    },
  })),
  bitbucket: push((url, branch) => ({
    path: 'bitbucket',
    body: {
      push: { changes: [{ new: { type: 'branch', name: branch } }, { new: null }] },
      repository: { links: { html: { href: url.replace(/\.git$/, '') } } },
    },
    headers: ({ text, secret, delivery }) => ({
      'x-event-key': 'repo:push',
      'x-request-uuid': delivery,
      'x-hub-signature': `sha256=${hex(text, secret)}`,
    }),
  })),
  plain: push((url, branch) => ({
    path: 'plain',
    body: { url, ref: ref(branch) },
    headers: ({ text, secret, delivery }) => ({
      'x-webapp-delivery': delivery,
      'x-webapp-signature': `sha256=${hex(text, secret)}`,
    }),
  })),
} satisfies Record<string, Push>;
