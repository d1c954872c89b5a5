// Sends spans within bounds. The collector is a help: one that is away, or hangs, changes nothing but the traces.
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { messageOf } from '../../gitops/errors.ts';
import type { Log } from '../../gitops/log.ts';
import { within } from './scope.ts';

const TIMEOUT_MS = 1_000;
/** After a failure nobody waits for the collector, so that one that hangs costs its second now and then only. */
const PAUSE_MS = 30_000;

type Batch = Parameters<SpanExporter['export']>;

/** An exporter that tells the log when the collector fails, and when it is there again. */
export class Sending implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Log;
  #isReached = true;
  // In milliseconds, by a clock that nobody sets.
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(exporter: SpanExporter, log: Log) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(...[spans, done]: Batch): void {
    this.#exporter.export(spans, (result) => {
      // SUCCESS, of an enum that would have to be loaded.
      if (result.code === 0) this.#tell();
      else this.#tell(result.error ?? new Error('it gave no reason'));
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  /** Waits for what `send` sends, a second at most; not at all for a while after a failure. */
  async flush(send: () => Promise<void>): Promise<void> {
    if (performance.now() < this.#pausedUntil) return;
    await this.#bounded(async () => {
      await send();
      // Batches that were under way already.
      await this.forceFlush();
    });
  }

  /** Waits for the last batch, a second at most. */
  close(send: () => Promise<void>): Promise<void> {
    return this.#bounded(send);
  }

  async #bounded(send: () => Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`no answer within ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
    try {
      await Promise.race([send(), late.promise]);
    } catch (error) {
      this.#tell(Array.isArray(error) ? error[0] : error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The log is told of changes only. These lines are of no request, whichever it was that noticed. */
  #tell(error?: unknown): void {
    const isReached = error === undefined;
    if (!isReached) this.#pausedUntil = performance.now() + PAUSE_MS;
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    within(undefined, () => {
      if (isReached) this.#log.info({}, 'The collector of traces is there again');
      else this.#log.warn({ error: messageOf(error) }, 'Spans could not be sent');
    });
  }
}
