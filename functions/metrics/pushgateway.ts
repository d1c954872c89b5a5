// Pushes all metrics of this process to a Pushgateway, as a group of their own: the gateway adds nothing up, so that of
// a group that two share the last push would win. The gateway is a help: it may be away, hang or forget.
import { Pushgateway as Client, type PrometheusContentType } from 'prom-client';
import { messageOf } from '../../gitops/errors.ts';
import type { Log } from '../../gitops/log.ts';
import { within } from '../telemetry/scope.ts';
import { deadGroups, type GroupKey } from './dead-groups.ts';
import type { Metrics } from './metrics.ts';

const JOB = 'webapp-functions';
const TIMEOUT_MS = 1_000;
/** Between a count and its push, so that there is at most one a second. */
const GATHER_MS = 1_000;
/** After a failure the gateway is left alone, so that one that hangs costs its second now and then only. */
const PAUSE_MS = 10_000;
/** A process that counts nothing lives, too, and a gateway that was started anew has forgotten it. */
const KEEP_ALIVE_MS = 5 * 60_000;
const DEAD_AFTER_MS = 3 * KEEP_ALIVE_MS;

type GatewayClient = Client<PrometheusContentType>;

/** The Pushgateway as one process uses it. What fails is counted and logged; nothing here throws. */
export class Pushgateway {
  readonly #url: string;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #group: GroupKey = { job: JOB, instance: crypto.randomUUID() };
  #keepsUp = false;
  #isChanged = true;
  #isReached = true;
  #waiting: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  // In milliseconds, by a clock that nobody sets.
  #pushedAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** `url` has no slash at its end. */
  constructor(url: string, metrics: Metrics, log: Log) {
    this.#url = url;
    this.#metrics = metrics;
    this.#log = log;
    metrics.onCount(() => {
      this.#isChanged = true;
      if (this.#keepsUp) this.#pushSoon(GATHER_MS);
    });
  }

  /** Pushes by itself from now on, in a process that is not frozen between requests; keeps no process alive. */
  keepUp(): void {
    this.#keepsUp = true;
    // All is at zero still, and a scrape may see it so.
    this.#pushSoon(0);
    setInterval(() => {
      this.#isChanged = true;
      void this.push();
    }, KEEP_ALIVE_MS).unref();
  }

  #pushSoon(afterMs: number): void {
    const pauseMs = this.#pausedUntil - performance.now();
    this.#waiting ??= setTimeout(
      () => {
        this.#waiting = undefined;
        void this.push();
      },
      Math.max(afterMs, pauseMs),
    ).unref();
  }

  /** Pushes what was counted since the last push, after a push that is under way; each takes at most a second. */
  push(): Promise<void> {
    // One after the other: an older push that arrives later would take counters back.
    this.#running = this.#running.then(async () => {
      const isDue = this.#isChanged || performance.now() - this.#pushedAt >= KEEP_ALIVE_MS;
      if (!isDue || this.#isPaused()) return;
      this.#isChanged = false;
      const isDone = await this.#attempt(async (client) => {
        await client.push(paramsOf(this.#group));
      });
      if (isDone) this.#pushedAt = performance.now();
      else this.#isChanged = true;
    });
    return this.#running;
  }

  /** Pushes for the last time. The group stays, so that it is scraped once more. */
  close(): Promise<void> {
    this.#pausedUntil = Number.NEGATIVE_INFINITY;
    return this.push();
  }

  /** Removes groups of ours that nobody has pushed for 15 minutes; what is not done within a second, the next call does. */
  async removeDead(): Promise<void> {
    if (this.#isPaused()) return;
    await this.#attempt(async (client, signal) => {
      const dead = await deadGroups(this.#url, { job: JOB, olderThanMs: DEAD_AFTER_MS, signal });
      for (const group of dead) {
        if (group.instance !== this.#group.instance) await client.delete(paramsOf(group));
      }
      if (dead.length > 0) this.#log.info({ groups: dead.length }, 'Metrics of the dead removed');
    });
  }

  #isPaused(): boolean {
    return performance.now() < this.#pausedUntil;
  }

  /** Returns whether it was done. */
  async #attempt(work: (client: GatewayClient, signal: AbortSignal) => Promise<void>) {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    // A connection that was kept would be dead after a freeze.
    const options = { signal, agent: false };
    const client: GatewayClient = new Client(this.#url, options, this.#metrics.registry);
    try {
      await Promise.race([work(client, signal), abortionOf(signal)]);
      this.#tell(true);
      return true;
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS;
      this.#metrics.gateway.failed();
      this.#tell(false, error);
      return false;
    }
  }

  /** The log is told of changes only. These lines are of no visit, whichever it was that counted. */
  #tell(isReached: boolean, error?: unknown): void {
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    within(undefined, () => {
      if (isReached) this.#log.info({}, 'The Pushgateway is there again');
      else this.#log.warn({ error: messageOf(error) }, 'The Pushgateway fails; metrics stay here');
    });
  }
}

function paramsOf({ job, instance }: GroupKey) {
  return { jobName: job, groupings: { instance } };
}

/** The client's own promise stays open for ever where an answer breaks off in its middle. */
function abortionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
