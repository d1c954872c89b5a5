// Trace contexts as W3C has them on the wire. They come from outside: what is not exactly one is as good as none.

/** Where in which trace something is done. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** What vendors add, handed on as it came; empty where they add nothing. */
  readonly state: string;
}

const TRACEPARENT =
  /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** A version to come may add to it; nothing that is honest is longer. */
const MAX_TRACEPARENT = 256;
const SAMPLED = 1;

/** Reads a traceparent and the tracestate beside it; undefined for anything else. */
export function readTraceContext(
  traceparent: unknown,
  tracestate?: unknown,
): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_TRACEPARENT) return undefined;
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  const isSampled = (Number.parseInt(flags ?? '', 16) & SAMPLED) === SAMPLED;
  return { traceId, spanId, isSampled, state: readState(tracestate) };
}

const MEMBER = /^[ \t]*[a-z\d][a-z\d_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const MAX_STATE = 512;
const MAX_MEMBERS = 32;

function readState(state: unknown): string {
  if (typeof state !== 'string' || state.length > MAX_STATE) return '';
  const members = state.split(',');
  return members.length <= MAX_MEMBERS && members.every((each) => MEMBER.test(each)) ? state : '';
}

/** Returns the context as a traceparent. */
export function traceparentOf({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
