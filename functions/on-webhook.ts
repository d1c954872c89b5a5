// Webhooks of Git servers: whoever sends them has to know the secret, and nothing is read before.
import { createHash, createHmac } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';
import { type Delivery, FORGES, type Forge, type Json, type Within } from './forge/webhooks.ts';
import { onGitPush } from './on-git-push.ts';
import { onPullRequest } from './on-pull-request.ts';

/** What the path of a webhook says. */
export interface Hook extends Within {
  readonly forge: string;
}

/** GitHub sends forms unless told otherwise. */
const NO_JSON =
  'the body is not a JSON object: set the content type of the webhook to application/json';

/** Answers a webhook by what it tells of. The forge is told by the path, never by the headers. */
export async function onWebhook(hook: Hook, delivery: Delivery, context: Context): Promise<Answer> {
  const forge = forgeOf(hook);
  if (forge === undefined) {
    const known = Object.keys(FORGES).join(', ');
    return { status: 404, body: { error: `no such forge; use one of ${known}` } };
  }
  const secrets = secretsOf(hook, context.config.webhookSecrets);
  // A signature's time is the forge's, which the API server's tells nothing of.
  if (!secrets.some((secret) => forge.isSigned(delivery, secret, Date.now())))
    return { status: 401, body: { error: 'the signature does not fit the secret' } };
  const json = parse(delivery);
  if (json === undefined) return { status: 400, body: { error: NO_JSON } };
  const { headers } = delivery;
  const entry = { name: 'POST /webhooks/:forge', trigger: 'http', headers } as const;
  return context.telemetry.enter(entry, async () => {
    context.telemetry.note({ forge: hook.forge });
    const told = { delivery, json, namespace: hook.namespace };
    return answerTo(hook, await dispatch(forge, told, context));
  });
}

function forgeOf({ forge }: Hook): Forge | undefined {
  return Object.hasOwn(FORGES, forge) ? FORGES[forge] : undefined;
}

/** Where a forge would switch the webhook off for a failure, what could not be done is left to the tick, which looks anyway. */
export function answerTo(hook: Hook, answer: Answer): Answer {
  if (answer.status !== 503 || !forgeOf(hook)?.switchesOff) return answer;
  return { status: 202, body: { ...answer.body, left: 'to the tick' } };
}

interface Told extends Within {
  readonly delivery: Delivery;
  readonly json: Json;
}

async function dispatch(
  forge: Forge,
  { delivery, json, namespace }: Told,
  context: Context,
): Promise<Answer> {
  const { serve, standalone } = context.config;
  const push = forge.pushIn(delivery.headers, json);
  const isFollowed = serve.has('pushes') && standalone === undefined;
  if (push && push.branches.length > 0 && isFollowed)
    return onGitPush({ ...push, namespace }, deliveryId(forge, delivery), context);
  const pullRequest = forge.pullRequestIn?.(delivery.headers, json);
  if (pullRequest && serve.has('reviews'))
    return onPullRequest({ ...pullRequest, namespace }, context);
  return { status: 202, body: { ignored: 'nothing that is acted on here' } };
}

/**
 * The secret of a namespace is made from the one of all, so that no request of nobody known has anything looked up: its
 * keyed hash of `namespace/NAME`, which is no body of a webhook, as a signature of the one would be the secret of the other.
 */
function secretsOf({ namespace }: Hook, all: readonly string[]): readonly string[] {
  if (namespace === undefined) return all;
  return all.map((secret) => {
    return createHmac('sha256', secret).update(`namespace/${namespace}`).digest('hex');
  });
}

function parse({ body }: Delivery): Json | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Equal for a delivery that is repeated, so that the second stamp changes nothing. */
function deliveryId({ deliveryHeader }: Forge, { headers, body }: Delivery): string {
  const id = String(headers[deliveryHeader] ?? '');
  return /^[\w{}.:-]{1,128}$/.test(id) ? id : createHash('sha256').update(body).digest('hex');
}
