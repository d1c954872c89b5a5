import type { Entry } from '../helpers/functions-entries.ts';

/** The functions as they are deployed: over HTTP, and what else calls them. */
export interface Deployed extends Entry {
  /** What the schedule does; returns what was done. */
  tick(): Promise<Record<string, unknown>>;
  /** What the queue does with a message; says whether it has to be brought again. */
  visit(text: string): Promise<'done' | 'again'>;
}

/** Returns the event of SQS with one message. */
export function sqsEvent(text: string): object {
  const messageId = crypto.randomUUID();
  return {
    Records: [
      {
        ...{ messageId, receiptHandle: 'handle', body: text, md5OfBody: '' },
        ...{ attributes: {}, messageAttributes: {}, eventSource: 'aws:sqs' },
        ...{ eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:q', awsRegion: 'eu-west-1' },
      },
    ],
  };
}

/** Reads the answer to an event of SQS with one message. */
export function sqsAnswer(answer: unknown): 'done' | 'again' {
  const { batchItemFailures } = answer as { batchItemFailures: unknown[] };
  return batchItemFailures.length === 0 ? 'done' : 'again';
}
