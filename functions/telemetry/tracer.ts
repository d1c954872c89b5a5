import type { Facts } from '../../gitops/trace.ts';
import type { TraceContext } from './trace-context.ts';

/** What is done, and where it comes from. */
export interface SpanStart {
  readonly name: string;
  /** server, consumer: for somebody who called. client: asks somebody. */
  readonly kind: 'internal' | 'server' | 'consumer' | 'client';
  readonly parent?: TraceContext | undefined;
  /** Others that had to do with it. */
  readonly links?: readonly TraceContext[];
  readonly facts: Facts;
  /** Milliseconds since the epoch; now unless given. */
  readonly startedAt?: number;
}

/** A piece of work in a trace. */
export interface Span {
  readonly context: TraceContext;
  tell(facts: Facts): void;
  /** Ends it, with what failed if anything did. */
  end(error?: unknown): void;
}

/** Makes spans, and sends them away. Nothing here throws or takes longer than it says. */
export interface Tracer {
  /** Whether spans go anywhere; where they do not, they are there for the ids in the log. */
  readonly isTracing: boolean;
  start(span: SpanStart): Span;
  /** Sends what has ended, within a second. */
  flush(): Promise<void>;
  /** Sends for the last time, within a second. */
  close(): Promise<void>;
}

/** Makes spans that nobody sees, of the trace that whoever called is in. */
export const IDS_ONLY: Tracer = {
  isTracing: false,
  start: ({ parent }) => ({
    context: {
      traceId: parent?.traceId ?? randomHex(TRACE_ID_BYTES),
      spanId: randomHex(SPAN_ID_BYTES),
      isSampled: false,
      state: '',
    },
    tell() {},
    end() {},
  }),
  flush: async () => {},
  close: async () => {},
};

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
