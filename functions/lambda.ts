// The entry for AWS Lambda: API Gateway and function URLs call `http`, a schedule calls `tick`, a queue calls `visits`.
import type { Context as Invocation, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type Instance, startInstance } from './aws/instance.ts';
import { onEvent } from './on-event.ts';
import { onTick } from './on-tick.ts';

let started: Promise<Instance> | undefined;

/** Started at the first call and kept for the next ones; a start that failed is tried again. */
function instance(): Promise<Instance> {
  if (started === undefined) {
    started = startInstance();
    started.catch(() => {
      started = undefined;
    });
  }
  return started;
}

/** Answers an HTTP event of API Gateway (payload 1.0 or 2.0) or of a function URL. */
export async function http(event: object, invocation: Invocation): Promise<object> {
  const { serve, settle } = await instance();
  const answer = await serve(event, invocation);
  await settle();
  return answer;
}

/** Answers a schedule. A failure is thrown, so that Lambda counts it. */
export async function tick(): Promise<object> {
  const { context, settle } = await instance();
  const { status, body } = await onTick(context);
  await settle();
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

/**
 * Makes the visits that a queue brings, at once. Those of which nothing could be recorded are named, so that the queue
 * brings them again, and puts aside what fails each time.
 */
export async function visits({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const own = await instance();
  const done = await Promise.all(Records.map(({ body }) => visited(body, own)));
  await own.settle();
  const failed = Records.filter((_, index) => !done[index]);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

const HEADERS = { 'content-type': 'application/cloudevents+json' };

/** Returns whether the message has been dealt with. */
async function visited(text: string, { context, queue }: Instance): Promise<boolean> {
  const { status, body } = await onEvent(HEADERS, Buffer.from(text), context);
  // It was no failure, and is not to wait as one does.
  const goesOn = (body as { outcome?: string }).outcome === 'unfinished' && queue !== undefined;
  if (goesOn) queue.goOn(text);
  return status < 300 || goesOn;
}
