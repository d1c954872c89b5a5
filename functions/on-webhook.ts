// Webhooks of Git servers: whoever sends them has to know the secret, and nothing is read before.
import { createHash } from 'node:crypto';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';
import { type Delivery, FORGES, type Forge, type Json } from './forge/webhooks.ts';
import { onGitPush } from './on-git-push.ts';
import { onPullRequest } from './on-pull-request.ts';

/** Answers a webhook by what it tells of. The forge is told by the path, never by the headers. */
export async function onWebhook(
  forgeName: string,
  delivery: Delivery,
  context: Context,
): Promise<Answer> {
  const forge = Object.hasOwn(FORGES, forgeName) ? FORGES[forgeName] : undefined;
  if (forge === undefined) {
    const known = Object.keys(FORGES).join(', ');
    return { status: 404, body: { error: `no such forge; use one of ${known}` } };
  }
  if (!isSigned(forge, delivery, context))
    return { status: 401, body: { error: 'the signature does not fit the secret' } };
  const json = parse(delivery);
  if (json === undefined) return { status: 400, body: { error: 'the body is not a JSON object' } };
  const log = context.log.child({ forge: forgeName });
  const { serve, standalone } = context.config;
  const push = forge.pushIn(delivery.headers, json);
  const isFollowed = serve.has('pushes') && standalone === undefined;
  if (push && push.branches.length > 0 && isFollowed)
    return onGitPush(push, deliveryId(forge, delivery), { ...context, log });
  const pullRequest = forge.pullRequestIn?.(delivery.headers, json);
  if (pullRequest && serve.has('reviews')) return onPullRequest(pullRequest, { ...context, log });
  return { status: 202, body: { ignored: 'nothing that is acted on here' } };
}

function isSigned(forge: Forge, delivery: Delivery, { config, clock }: Context): boolean {
  return config.webhookSecrets.some((secret) => forge.isSigned(delivery, secret, clock.now()));
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
