// How somebody who calls stands in a trace. The header traceparent is of this hop. That of a CloudEvent is of whoever made
// the event and is the same at every hop, so that the two may differ.
import type { IncomingHttpHeaders } from 'node:http';
import { cut } from '../../gitops/cut.ts';
import { readTraceContext } from './trace-context.ts';
import type { SpanStart } from './tracer.ts';

/** A call as it came. */
export interface Entry {
  /** Method and route, such as POST /events. */
  readonly name: string;
  readonly trigger: 'http' | 'pubsub' | 'timer';
  readonly headers: IncomingHttpHeaders;
  readonly event?: EventFacts;
}

/** What a CloudEvent tells of itself; any text, and empty where it tells nothing. */
export interface EventFacts {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly traceparent: string;
  readonly tracestate: string;
}

/** Returns the span of a call; `isCold` for the first one of a process. */
export function entrySpan({ name, trigger, headers, event }: Entry, isCold: boolean): SpanStart {
  const hop = readTraceContext(headers.traceparent, headers.tracestate);
  const start = event && readTraceContext(event.traceparent, event.tracestate);
  const differs = hop?.traceId !== start?.traceId || hop?.spanId !== start?.spanId;
  const [method, route] = name.split(' ');
  return {
    name,
    kind: trigger === 'pubsub' ? 'consumer' : 'server',
    parent: hop ?? start,
    links: hop && start && differs ? [start] : [],
    facts: {
      'http.request.method': method,
      'http.route': route,
      'faas.trigger': trigger,
      'faas.coldstart': isCold,
      ...(event && factsOf(event)),
    },
  };
}

const MAX_TEXT = 256;

function factsOf({ id, source, type, subject }: EventFacts) {
  return {
    'cloudevents.event_id': cut(id, MAX_TEXT),
    'cloudevents.event_source': cut(source, MAX_TEXT),
    'cloudevents.event_type': cut(type, MAX_TEXT),
    'cloudevents.event_subject': cut(subject, MAX_TEXT),
  };
}
