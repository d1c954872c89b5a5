// Spans as OpenTelemetry has them. Loaded only where they are wanted, as a cold start without them should not wait. What
// config.ts does not read of the OTEL_ variables, the SDK does: sampler, resource attributes, headers, batches.
import {
  type Attributes,
  createTraceState,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { cut } from '../../gitops/cut.ts';
import { messageOf } from '../../gitops/errors.ts';
import type { Log } from '../../gitops/log.ts';
import { VERSION } from '../version.ts';
import { attributesOf } from './attributes.ts';
import { Sending } from './sending.ts';
import type { TraceContext } from './trace-context.ts';
import type { Span, SpanStart, Tracer } from './tracer.ts';

const SERVICE = 'webapp-functions';
/** An error of an API server may repeat an object. */
const MAX_MESSAGE = 1_024;

/** Returns a tracer whose spans are posted to `url` as JSON. */
export function createOtlpTracer(url: string, log: Log): Tracer {
  // A connection that was kept would be dead after a freeze.
  const exporter = new OTLPTraceExporter({ url, httpAgentOptions: { keepAlive: false } });
  const sending = new Sending(exporter, log);
  const provider = new BasicTracerProvider({
    resource: resource(),
    spanProcessors: [new BatchSpanProcessor(sending)],
  });
  const tracer = provider.getTracer('webapp-operator', VERSION);
  return {
    isTracing: true,
    start: ({ name, kind, parent, links = [], facts, startedAt }) => {
      const options = {
        kind: KINDS[kind],
        links: links.map((context) => ({ context: remote(context) })),
        attributes: attributesOf(facts) as Attributes,
        ...(startedAt !== undefined && { startTime: startedAt }),
      };
      const within = parent ? trace.setSpanContext(ROOT_CONTEXT, remote(parent)) : ROOT_CONTEXT;
      return spanOf(tracer.startSpan(name, options, within));
    },
    flush: () => sending.flush(() => provider.forceFlush()),
    close: () => sending.close(() => provider.shutdown()),
  };
}

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
};

/** What the environment says goes before what we know ourselves. */
function resource() {
  const own = resourceFromAttributes({
    'service.name': SERVICE,
    'service.version': VERSION,
    'service.instance.id': crypto.randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}

function remote({ traceId, spanId, isSampled, state }: TraceContext): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state !== '' && { traceState: createTraceState(state) }),
  };
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return {
    context: { traceId, spanId, isSampled, state: traceState?.serialize() ?? '' },
    tell: (facts) => void span.setAttributes(attributesOf(facts) as Attributes),
    end: (error) => {
      if (error !== undefined) fail(span, error);
      span.end();
    },
  };
}

function fail(span: OtelSpan, error: unknown): void {
  const message = cut(messageOf(error), MAX_MESSAGE);
  span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
