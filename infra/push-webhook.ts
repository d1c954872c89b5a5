import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pLimit from 'p-limit';
import { git } from './git-process.ts';

/** Where pushes are told, and the secret that signs them. */
export interface Webhook {
  url: string;
  secret: string;
}

/** Takes a constant message and the fields that go with it. */
export type Log = (message: string, fields: Record<string, unknown>) => void;

/** Body of a webhook; an id of 40 zeros means that the ref is not there before or after the push. */
export interface PushEvent {
  url: string;
  ref: string;
  before: string;
  after: string;
}

export interface PushAnnouncer {
  /** Runs `push`, then tells in the background which refs of the repository differ from before. */
  around(repository: string, push: () => Promise<void>): Promise<void>;
  stop(): void;
}

type Refs = Map<string, string>;

const NO_COMMIT = '0'.repeat(40);
const RETRY_DELAYS_MS = [200, 1000, 3000, 9000];
const TIMEOUT_MS = 5000;

/** Announces pushes to `webhook`, signed, each tried five times; without a webhook it only runs them. */
export function createPushAnnouncer(options: {
  root: string;
  serverUrl: string;
  webhook?: Webhook;
  log?: Log;
}): PushAnnouncer {
  const { root, serverUrl, webhook, log } = options;
  const stopping = new AbortController();
  if (webhook === undefined) return { around: (_, push) => push(), stop: () => {} };

  // One push at a time, so that each difference belongs to one push and is told once, in order.
  const oneAtATime = pLimit(1);
  return {
    around: (name, push) =>
      oneAtATime(async () => {
        const folder = join(root, `${name}.git`);
        const before = await readRefs(folder);
        await push();
        for (const change of changes(before, await readRefs(folder))) {
          const event = { url: `${serverUrl}/${name}.git`, ...change };
          deliver(webhook, event, stopping.signal).catch((error: Error) =>
            log?.('push webhook not delivered', { ...event, error: error.message }),
          );
        }
      }),
    stop: () => stopping.abort(),
  };
}

async function readRefs(folder: string): Promise<Refs> {
  const lines = await git(['for-each-ref', '--format=%(refname) %(objectname)'], {
    cwd: folder,
  }).catch(() => '');
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]),
  );
}

function changes(before: Refs, after: Refs): Omit<PushEvent, 'url'>[] {
  const refs = [...new Set([...before.keys(), ...after.keys()])];
  return refs
    .map((ref) => ({
      ref,
      before: before.get(ref) ?? NO_COMMIT,
      after: after.get(ref) ?? NO_COMMIT,
    }))
    .filter((change) => change.before !== change.after);
}

/** Every attempt has the same delivery id, by which the receiver can tell a repetition. */
async function deliver(webhook: Webhook, event: PushEvent, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(event);
  const headers = {
    'Content-Type': 'application/json',
    'X-Webapp-Signature': `sha256=${createHmac('sha256', webhook.secret).update(body).digest('hex')}`,
    'X-Webapp-Delivery': randomUUID(),
  };
  for (const wait of [...RETRY_DELAYS_MS, undefined]) {
    try {
      return await post(webhook.url, { body, headers, signal });
    } catch (error) {
      if (wait === undefined || signal.aborted) throw error;
      await delay(wait, undefined, { signal });
    }
  }
}

async function post(
  url: string,
  init: { body: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<void> {
  const signal = AbortSignal.any([init.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(url, { ...init, method: 'POST', signal });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
}
