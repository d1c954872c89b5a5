// What a collector takes: OTLP over HTTP as JSON, of any sender. The wire format is the real one; nothing is kept or sent on.
import { buffer } from 'node:stream/consumers';
import { eventually } from '../cluster/eventually.ts';
import { listen } from '../helpers/listen.ts';

/** A span as it was sent. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly resource: Readonly<Record<string, string | number | boolean>>;
}

/** A collector on loopback. */
export interface Collector extends Disposable {
  readonly url: string;
  readonly spans: SentSpan[];
  /** All that was sent, as text. */
  text(): string;
  /** How it treats who sends from now on. */
  mood: 'taking' | 'hanging' | 'failing';
  /** How many batches arrived, in whatever mood. */
  asked(): number;
  /** Returns the first span that fits, once it has come. */
  span(title: string, fits: (span: SentSpan) => boolean): Promise<SentSpan>;
}

/** Starts a collector. */
export async function startCollector(): Promise<Collector> {
  const spans: SentSpan[] = [];
  const bodies: string[] = [];
  let asked = 0;
  const server = await listen(async (request, response) => {
    asked++;
    if (collector.mood === 'hanging') return;
    const body = (await buffer(request)).toString('utf8');
    const isRight = request.url === '/v1/traces' && request.headers['content-type'] === TYPE;
    if (collector.mood === 'failing' || !isRight) return void response.writeHead(500).end();
    bodies.push(body);
    spans.push(...spansIn(JSON.parse(body)));
    response.writeHead(200, { 'content-type': TYPE }).end('{}');
  });
  const collector: Collector = {
    url: server.url,
    spans,
    mood: 'taking',
    text: () => bodies.join('\n'),
    asked: () => asked,
    async span(title, fits) {
      await eventually(title, () => spans.some(fits));
      return spans.find(fits) as SentSpan;
    },
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
  return collector;
}

const TYPE = 'application/json';

type Value = { stringValue?: string; intValue?: number; boolValue?: boolean; doubleValue?: number };
type Attributes = readonly { readonly key: string; readonly value: Value }[];
type Wire = Omit<SentSpan, 'attributes' | 'resource' | 'links'> & {
  readonly attributes?: Attributes;
  readonly links?: SentSpan['links'];
};

interface Request {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly Wire[] }[];
  }[];
}

function spansIn({ resourceSpans }: Request): SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ links = [], attributes = [], ...span }) => ({
        ...span,
        links,
        attributes: record(attributes),
        resource: record(resource.attributes),
      })),
    ),
  );
}

function record(attributes: Attributes): SentSpan['attributes'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, Object.values(value)[0] as string]),
  );
}
