// What reads bytes that nobody has vouched for. Each takes an input and fails where it does what it never may.
import { type Decoded, decodeCloudEvent } from '../../functions/cloud-event.ts';
import { FORGES, type Json } from '../../functions/forge/webhooks.ts';
import { readRetry } from '../../gitops/backoff.ts';
import { RetryableError } from '../../gitops/errors.ts';
import { GIT_LIMITS } from '../../gitops/io/git-limits.ts';
import { checkPack } from '../../gitops/io/git-pack-check.ts';
import { readManifests } from '../../gitops/sync/manifests.ts';
import { loadPolicies } from '../../policies/index.ts';
import { answer, BLOB, COMMIT, object } from '../helpers/packs.ts';
import { policyFile } from '../helpers/policy-files.ts';
import type { Random } from '../helpers/random.ts';
import { EVENTS, FORGE_NAMES } from '../hostile/deliveries.ts';
import { manifest } from '../hostile/manifest.ts';
import { anyBody, anyValue, broken } from './inputs.ts';

/** Reads one input made from the dice, and throws where a property does not hold. */
export type Target = (random: Random) => void | Promise<void>;

function demand(holds: boolean, what: string, input: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(input)?.slice(0, 2_000)}`);
}

const PUSH = {
  ref: 'refs/heads/main',
  url: 'https://git.example/a.git',
  action: 'opened',
  number: 1,
  repository: {
    clone_url: 'https://git.example/a.git',
    links: { html: { href: 'https://git.example/a' } },
  },
  project: { git_http_url: 'https://git.example/a.git' },
  object_attributes: { action: 'open', iid: 1 },
  push: { changes: [{ new: { type: 'branch', name: 'main' } }] },
  issue: { number: 1, pull_request: {} },
  comment: { body: '/recheck', author_association: 'OWNER' },
  check_run: { pull_requests: [{ number: 1 }] },
};

const areTexts = (values: readonly unknown[]) => values.every((value) => typeof value === 'string');

const webhook: Target = (random) => {
  const name = random.pick(FORGE_NAMES);
  const headers = random.pick(EVENTS[name]);
  const body = anyBody(random, PUSH);
  const forge = FORGES[name];
  forge?.isSigned({ headers: { ...headers, 'webhook-signature': 'v1,x' }, body }, 'secret', 0);
  const json = parsed(body);
  if (json === undefined) return;
  const push = forge?.pushIn(headers, json);
  demand(!push || (areTexts(push.urls) && areTexts(push.branches)), 'a push of no texts', push);
  const hint = forge?.pullRequestIn?.(headers, json);
  demand(
    !hint || (areTexts(hint.urls) && Number.isSafeInteger(hint.number)),
    'a hint of no number',
    hint,
  );
};

function parsed(body: Buffer): Json | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

const EVENT = {
  specversion: '1.0',
  type: 'dev.knative.apiserver.ref.add',
  data: { kind: 'WebApp', name: 'a', namespace: 'b' },
};
const KINDS: ReadonlySet<Decoded['kind']> = new Set(['event', 'ignored', 'malformed']);

const cloudEvent: Target = (random) => {
  const body = anyBody(random, EVENT);
  const structured = random.once(2);
  const headers = structured
    ? { 'content-type': 'application/cloudevents+json' }
    : {
        'ce-specversion': '1.0',
        'ce-type': EVENT.type,
        [`ce-${random.pick(['name', '__proto__', 'kind'])}`]: String(anyValue(random, 0)),
      };
  const decoded = decodeCloudEvent(headers, body);
  demand(KINDS.has(decoded.kind), 'no kind of answer', decoded);
  if (decoded.kind !== 'event') return;
  const { namespace, name } = decoded.subject;
  demand(
    /^[a-z0-9.-]+$/.test(namespace) && /^[a-z0-9.-]+$/.test(name),
    'a name that is none',
    decoded,
  );
};

const NOW = Date.UTC(2026, 0, 2);
const MAX_WAIT_MS = 3_660_000;

const backoff: Target = (random) => {
  const metadata = { name: 'a', uid: 'u', generation: 1 };
  const good = { uid: 'u', generation: 1, failures: 3, nextAttemptAt: '2026-01-02T00:00:10Z' };
  const text = anyBody(random, good).toString('utf8');
  const retry = readRetry(metadata, text, NOW);
  if (retry === undefined) return;
  const { failures, nextAttemptAt } = retry;
  demand(
    Number.isInteger(failures) && failures >= 1 && failures <= 1_000,
    'failures beyond counting',
    text,
  );
  demand(nextAttemptAt <= NOW + MAX_WAIT_MS, 'a wait beyond the longest', text);
};

const GOOD = manifest('a', '  env: [{name: A, value: "1"}]\n  hosts: [a.example]\n');

const manifests: Target = (random) => {
  const text = broken(random, GOOD);
  for (const { name, problemAt } of readManifests('a.yaml', text, 'team').manifests) {
    demand(typeof name === 'string' && name !== '', 'a WebApp without a name', text);
    const { line, column } = problemAt(
      random.pick(['spec.env[0].name', '', 'spec.x[9]', 'metadata.labels[a.b/c]']),
      'x',
    );
    demand(line >= 1 && column >= 1, 'a place that is none', text);
  }
};

const POLICY = policyFile({ name: 'p', expression: 'object.spec.replicas <= 10', message: 'no' });

const policies: Target = (random) => {
  const text = broken(random, POLICY);
  for (const { line, column, message } of loadPolicies([{ path: 'p.yaml', text }]).problems)
    demand(line >= 1 && column >= 1 && message !== '', 'a problem without a place', text);
};

const PACK = answer(object(COMMIT, 5, Buffer.from('hello')), object(BLOB, 300, Buffer.alloc(300)));

const pack: Target = async (random) => {
  const bytes = Buffer.from(PACK);
  for (let times = 1 + random.below(8); times > 0; times--)
    bytes[random.below(bytes.length)] = random.below(256);
  try {
    await checkPack(
      bytes.subarray(0, random.once(4) ? random.below(bytes.length) : bytes.length),
      GIT_LIMITS,
    );
  } catch (error) {
    // One of the reasons that a sync knows is how it says no.
    if (!(error instanceof RetryableError)) throw error;
  }
};

export const TARGETS = { webhook, cloudEvent, backoff, manifests, policies, pack } satisfies Record<
  string,
  Target
>;
export type TargetName = keyof typeof TARGETS;
