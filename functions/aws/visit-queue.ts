// The queue of visits on AWS. A frozen function runs no timers: a visit that is to be made again is a message with a
// delay, and what the tick finds due is a message, too, so that all instances share the work. The tick is the guarantee
// behind both: a message that is lost costs a minute.
import { messageOf } from '../../gitops/errors.ts';
import type { Log } from '../../gitops/log.ts';
import { structuredDue } from '../event-sink.ts';
import type { DeliveryResult } from '../relay/delivery-queue.ts';
import type { TraceContext } from '../telemetry/trace-context.ts';
import type { Due } from '../visit-due.ts';
import { type AwsAccess, callAws } from './access.ts';

/** Puts a message of this text into the queue, to be seen after so many seconds. */
export type SendMessage = (text: string, delaySeconds: number) => Promise<unknown>;

/** What SQS takes; longer waits are the tick's. */
const MAX_DELAY_S = 900;
const GO_ON_S = 1;

/** Returns how messages get into the SQS queue of this URL. */
export function sqsSender(url: string, access: () => AwsAccess): SendMessage {
  return (MessageBody, DelaySeconds) =>
    callAws(
      {
        service: 'sqs',
        target: 'AmazonSQS.SendMessage',
        body: { QueueUrl: url, MessageBody, DelaySeconds },
      },
      access(),
    );
}

/** Puts visits into the queue. `source` is the address of the API server, as in all events. */
export class VisitQueue {
  readonly #send: SendMessage;
  readonly #source: string;
  readonly #log: Log;
  readonly #pending = new Set<Promise<unknown>>();

  constructor(send: SendMessage, source: string, log: Log) {
    this.#send = send;
    this.#source = source;
    this.#log = log;
  }

  /** Has a visit made that is due now, as found in the trace `start`, if in any. */
  send(due: Due, start?: TraceContext): Promise<DeliveryResult> {
    return this.#sent(structuredDue(due, this.#source, start), 0);
  }

  /** Has a visit made after so many milliseconds; it is in the queue once settled() has returned. */
  later(due: Due, afterMs: number): void {
    // Rounded up: a visit before the end of its back-off does nothing.
    const delay = Math.ceil(afterMs / 1_000);
    if (delay > MAX_DELAY_S) return;
    // Of a trace of its own: one that grew for as long as something fails would be of no use.
    this.#keep(this.#sent(structuredDue(due, this.#source), delay));
  }

  /** Has a visit go on that had too little time: the message that it came by is put into the queue anew. */
  goOn(text: string): void {
    this.#keep(this.#sent(text, GO_ON_S));
  }

  /** Returns when nothing is on its way into the queue any more: then the function may freeze. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  #keep(sent: Promise<unknown>): void {
    const kept = sent.finally(() => this.#pending.delete(kept));
    this.#pending.add(kept);
  }

  async #sent(text: string, delaySeconds: number): Promise<DeliveryResult> {
    try {
      await this.#send(text, delaySeconds);
      return { kind: 'done' };
    } catch (error) {
      this.#log.warn({ error: messageOf(error) }, 'Visit was not queued; the tick will make it');
      return { kind: 'again', afterMs: 0 };
    }
  }
}
