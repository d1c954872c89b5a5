// Which groups of a Pushgateway nobody pushes to any more. It keeps them for ever.
import { createInterface } from 'node:readline';
import { request } from 'undici';

/** What a group is known by. */
export interface GroupKey {
  readonly job: string;
  readonly instance: string;
}

interface Search {
  readonly job: string;
  readonly olderThanMs: number;
  readonly signal: AbortSignal;
}

/** The gateway's own metric: when a group was pushed last, in seconds since the epoch. */
const PUSHED = /^push_time_seconds\{instance="([\da-f-]{36})",job="([\w-]+)"\} (\S+)$/;
const MAX_GROUPS = 100;

/**
 * Returns groups of the job whose last push is older, at most a hundred. Only the lines that tell are kept of what the
 * gateway exposes, which grows with its groups. Throws when it cannot be read.
 */
export async function deadGroups(
  url: string,
  { job, olderThanMs, signal }: Search,
): Promise<GroupKey[]> {
  const { origin, pathname, username, password } = new URL(`${url}/metrics`);
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const headers = username === '' ? {} : { authorization: `Basic ${basic.toString('base64')}` };
  // A connection that was kept would be dead after a freeze.
  const answer = await request(origin + pathname, { headers, signal, reset: true });
  const { statusCode, body } = answer;
  if (statusCode !== 200) await refused(statusCode, body);
  // By the gateway's clock, which wrote the times, too.
  const now = Date.parse(String(answer.headers.date)) || Date.now();
  const dead: GroupKey[] = [];
  for await (const line of createInterface({ input: body })) {
    const [, instance = '', of, seconds] = PUSHED.exec(line) ?? [];
    const isDead = of === job && now - Number(seconds) * 1_000 > olderThanMs;
    if (isDead && dead.length < MAX_GROUPS) dead.push({ job, instance });
  }
  return dead;
}

async function refused(status: number, body: { dump(): Promise<void> }): Promise<never> {
  await body.dump();
  throw new Error(`the Pushgateway answered with status ${status}`);
}
