// The functions without a cluster beside a stand-in for a forge and a real Git server: a webhook goes in, and what the
// forge was told comes out.
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createApp } from '../../functions/app.ts';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { onTick } from '../../functions/on-tick.ts';
import { startGitServer } from '../../infra/git-server.ts';
import { cloneRepository, type GitClone } from '../helpers/git-repo.ts';
import { listen } from '../helpers/listen.ts';
import type { Pull } from './loopback.ts';

const SECRET = 'webhook-secret';

/** Under which the source of the stage speaks. */
export const STATUS = 'webapp / policy (shop/fleet)';
export const MARKER = '<!-- webapp-review shop/fleet -->';

/** Denies more than ten replicas; the message is what tests look for. */
export const POLICY = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few-replicas}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [example.com], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [webapps]}
  validations:
    - expression: object.spec.replicas <= 10
      message: at most ten replicas
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few-replicas}
spec: {policyName: few-replicas, validationActions: [Deny]}
`;

/** Lets no WebApp go. */
export const KEEP = POLICY.replaceAll('few-replicas', 'keep')
  .replace('CREATE, UPDATE', 'DELETE')
  .replace('object.spec.replicas <= 10', "oldObject.metadata.name == ''")
  .replace('at most ten replicas', 'it is to be kept');

/** Returns the file of a WebApp. */
export function webapp(name: string, replicas: number): string {
  return `apiVersion: example.com/v1
kind: WebApp
metadata:
  name: ${name}
spec:
  image: ghcr.io/acme/${name}:1.0.0
  replicas: ${replicas}
`;
}

export interface StageOptions {
  readonly forge: 'github' | 'gitlab';
  readonly token: string;
  /** Address of the stand-in. */
  readonly apiUrl: string;
  readonly files: Readonly<Record<string, string>>;
  /** Documents with further sources; returns them for the address of the repository. */
  readonly others?: (url: string) => string;
  readonly env?: Readonly<Record<string, string>>;
}

type Files = Record<string, string | null>;

export interface Stage {
  readonly url: string;
  readonly clone: GitClone;
  /** Commits to a pull request as the forge keeps it, starting from main as it was when it was opened. */
  propose(number: number, files: Files): Promise<Pull>;
  /** Commits to main. */
  push(files: Files): Promise<string>;
  /** Sends a signed webhook and returns the answer. */
  tell(event: string, body: object): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Tells that a pull request was opened, as the forge does. */
  opened(number: number): Promise<{ status: number; body: Record<string, unknown> }>;
  tick(): Promise<object>;
}

/** Starts everything; it ends with the test. */
export async function reviewStage(t: ExecutionContext, options: StageOptions): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), 'webapp-review-'));
  const git = await startGitServer({ root });
  const url = await git.createRepository('acme/fleet', { ...options.files });
  const clone = await cloneRepository(url);
  const sources = join(root, 'sources.yaml');
  await writeFile(sources, sourcesFile(url, options) + (options.others?.(url) ?? ''));
  const config = readConfig({
    WEBHOOK_SECRET: SECRET,
    GIT_HOSTS: '127.0.0.1',
    SOURCES_FILE: sources,
    FORGE_TOKEN: options.token,
    LOG_LEVEL: 'silent',
    ...options.env,
  });
  const context = createContext(config, undefined, createLog(config.logLevel));
  const server = await listen(createApp(context));
  t.teardown(async () => {
    server[Symbol.dispose]();
    await git.stop();
    await clone[Symbol.asyncDispose]();
    await rm(root, { recursive: true });
  });
  const tell: Stage['tell'] = (event, body) =>
    send(`${server.url}/webhooks/${options.forge}`, event, JSON.stringify(body));
  return {
    url,
    clone,
    propose: (number, files) => propose(clone, { number, files, forge: options.forge }),
    async push(files) {
      await clone.git('checkout', '--quiet', 'main');
      return clone.push(files);
    },
    tell,
    opened: (number) =>
      options.forge === 'github'
        ? tell('pull_request', { action: 'synchronize', number, repository: { clone_url: url } })
        : tell('Merge Request Hook', {
            object_attributes: { action: 'update', iid: number },
            project: { git_http_url: url },
          }),
    tick: async () => (await onTick(context)).body,
  };
}

function sourcesFile(url: string, { forge, apiUrl }: StageOptions): string {
  return `apiVersion: example.com/v1
kind: WebAppSource
metadata: {name: fleet, namespace: shop}
spec:
  url: ${url}
  path: apps
  policies: {path: policies}
  review: {forge: ${forge}, apiURL: "${apiUrl}"}
`;
}

async function send(address: string, event: string, body: string) {
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-hub-signature-256': `sha256=${signature}`,
    'x-gitlab-event': event,
    'x-gitlab-token': SECRET,
  };
  const answer = await fetch(address, { method: 'POST', headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

interface Proposed {
  readonly number: number;
  readonly files: Files;
  readonly forge: StageOptions['forge'];
}

/** Commits to a pull request as the forge keeps it. */
export async function propose(clone: GitClone, { number, files, forge }: Proposed): Promise<Pull> {
  const base = await clone.git('rev-parse', 'origin/main');
  const branch = `change-${number}`;
  const isThere = (await clone.git('branch', '--list', branch)) !== '';
  await clone.git('checkout', '--quiet', ...(isThere ? [branch] : ['-b', branch, 'origin/main']));
  const head = await clone.commit(files);
  const ref = `refs/${forge === 'gitlab' ? 'merge-requests' : 'pull'}/${number}/head`;
  await clone.git('push', '--quiet', '--force', 'origin', `HEAD:${ref}`);
  const mergeBase = await clone.git('merge-base', head, base);
  return { number, head, base, mergeBase, state: 'open', patches: await patches(clone, mergeBase) };
}

/** Unified diffs of at most twenty files; more no test looks at. */
async function patches(clone: GitClone, from: string): Promise<Record<string, string>> {
  const names = (await clone.git('diff', '--name-only', from, 'HEAD')).split('\n').slice(0, 20);
  const found: Record<string, string> = {};
  for (const name of names.filter(Boolean)) {
    const text = await clone.git('diff', from, 'HEAD', '--', name);
    found[name] = text.slice(Math.max(0, text.indexOf('@@')));
  }
  return found;
}
