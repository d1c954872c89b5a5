// One push, one trace: from the webhook over the sync to the reconcile, through all real parts, a real API server between
// them and a collector that takes what is sent as OTLP over HTTP.
import { readFile } from 'node:fs/promises';
import test from 'ava';
import { DEPLOYMENT, WEBAPP } from '../../gitops/kinds.ts';
import { traceOriginOf } from '../../gitops/trace-origin.ts';
import { ANNOTATION, annotation } from '../../gitops/webapp.ts';
import { eventually } from '../cluster/eventually.ts';
import { type Collector, type SentSpan, startCollector } from '../telemetry/collector.ts';
import { manifest, type Product, startProduct } from './product.ts';

/** Spans that are looked for are sent soon; those of the time after a stop are not. */
const tracedBy = ({ url }: Collector) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  TICK_INTERVAL: '1h',
});

type Line = Readonly<Record<string, unknown>>;

async function linesOf({ parts }: Product): Promise<Line[]> {
  const text = await readFile(parts.logs.functions, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

/** Returns the lines of the log once there is one of each of these messages: it may come later than what was done. */
function linesWith(product: Product, fits: Readonly<Record<string, (line: Line) => boolean>>) {
  return eventually(`lines of the log: ${Object.keys(fits).join(', ')}`, async () => {
    const lines = await linesOf(product);
    return Object.values(fits).every((each) => lines.some(each)) && lines;
  });
}

/** Returns the spans above one, nearest first. Each ends later than what it holds, and may be sent later. */
async function above(collector: Collector, span: SentSpan): Promise<string[]> {
  if (span.parentSpanId === undefined) return [];
  const parent = await collector.span(
    `the span above ${span.name}`,
    ({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentSpanId,
  );
  return [parent.name, ...(await above(collector, parent))];
}

test.serial(
  'traces: a push, its sync and the reconcile of what it changed are one trace',
  async (t) => {
    t.timeout(240_000);
    using collector = await startCollector();
    const files = {
      'apps/a.yaml': manifest('a', { image: 'nginx:1.27' }),
      'apps/b.yaml': manifest('b', { image: 'nginx:1.27' }),
    };
    const product = await startProduct(t, files, tracedBy(collector));
    await product.settled(product.repository.first);
    const { namespace } = product;
    const commit = await product.repository.clone.push({
      'apps/a.yaml': manifest('a', { image: 'nginx:1.29' }),
    });
    await product.settled(commit);

    const isOf = (span: SentSpan, revision: string) =>
      span.attributes['vcs.ref.head.revision'] === revision;
    const reconcile = await collector.span(
      'the reconcile of the push',
      (span) => span.name === 'reconcile' && isOf(span, commit),
    );
    const { traceId } = reconcile;
    const find = (name: string) =>
      collector.span(
        `${name} in the trace`,
        (span) => span.name === name && span.traceId === traceId,
      );
    const push = await find('POST /webhooks/:forge');
    const sync = await find('sync');
    t.like(push, { kind: 2, attributes: { 'http.response.status_code': 202 } });
    t.is(push.parentSpanId, undefined);
    t.like(sync.attributes, {
      'source.name': 'fleet',
      'k8s.namespace.name': namespace,
      'vcs.ref.head.name': 'main',
      'vcs.ref.head.revision': commit,
    });
    t.like(reconcile.attributes, { 'webapp.name': 'a', 'k8s.namespace.name': namespace });
    t.deepEqual(await above(collector, sync), ['POST /events', 'POST /webhooks/:forge']);
    t.deepEqual((await above(collector, reconcile)).slice(0, 4), [
      'POST /events',
      'apply',
      'sync',
      'POST /events',
    ]);
    t.deepEqual((await above(collector, await find('fetch'))).slice(0, 1), ['sync']);
    t.deepEqual((await above(collector, await find('PATCH deployments'))).slice(0, 3), [
      'write',
      'reconcile',
      'POST /events',
    ]);
    const ofPush = collector.spans.filter((span) => span.traceId === traceId);
    t.log([...new Set(ofPush.map(({ name }) => name))].sort().join(', '));
    t.is(reconcile.resource['deployment.environment.name'], 'test');
    t.is(reconcile.resource['service.name'], 'webapp-functions');
    const event = ofPush.find(({ name }) => name === 'POST /events');
    t.is(event?.attributes['faas.trigger'], 'pubsub');
    t.regex(String(event?.attributes['cloudevents.event_type']), /^dev\.knative\.apiserver\.ref\./);

    // What the push did not touch is not in its trace.
    const changed = ofPush.filter(({ name }) => name === 'reconcile');
    t.deepEqual([...new Set(changed.map(({ attributes }) => attributes['webapp.name']))], ['a']);

    // The log says the same.
    const ofTrace = (msg: string) => (line: Line) => line.trace_id === traceId && line.msg === msg;
    const lines = await linesWith(product, {
      'of the push': ofTrace('Push received'),
      'of the sync': ofTrace('Sync completed'),
      'of the reconcile': ofTrace('Reconciliation completed'),
    });
    const line = lines.find((each) => each.span_id === reconcile.spanId);
    t.like(line, { 'webapp.name': 'a', revision: `main@sha1:${commit}` });

    // Later, somebody scales by hand: that is not the push's, which is pointed at.
    const webapp = await product.get(WEBAPP, 'a');
    t.true(webapp && annotation(webapp, ANNOTATION.traceparent).includes(traceId));
    t.false(webapp && traceOriginOf(webapp)?.isNews);
    if (!webapp) return;
    const fields = { spec: { replicas: 3 } };
    await product.cluster.admin.cluster.patch(WEBAPP, webapp, { type: 'merge', fields });
    const scaled = await collector.span(
      'the reconcile of the scale',
      ({ name, attributes }) =>
        name === 'reconcile' &&
        attributes['webapp.name'] === 'a' &&
        attributes['webapp.generation'] === (webapp.metadata.generation ?? 0) + 1,
    );
    t.not(scaled.traceId, traceId);
    t.true(scaled.links.some((link) => link.traceId === traceId));
  },
);

test.serial('traces: those of a process that is told to end are sent before it does', async (t) => {
  t.timeout(240_000);
  const sent: boolean[] = [];
  // It has a second for that, which a busy machine may keep it from using.
  while (sent.length < 3 && !sent.at(-1)) {
    using collector = await startCollector();
    const settings = { ...tracedBy(collector), OTEL_BSP_SCHEDULE_DELAY: '600000' };
    const product = await startProduct(
      t,
      { 'apps/a.yaml': manifest('a', { image: 'nginx:1.27' }) },
      settings,
    );
    await product.settled(product.repository.first);
    t.is(collector.spans.length, 0);
    await product.parts.functions.stop();
    await product.parts.relay.stop();
    sent.push(collector.spans.some(({ name }) => name === 'reconcile'));
  }
  t.true(sent.at(-1));
});

test.serial('traces: a collector that hangs changes nothing', async (t) => {
  t.timeout(240_000);
  using collector = await startCollector();
  collector.mood = 'hanging';
  const product = await startProduct(
    t,
    { 'apps/a.yaml': manifest('a', { image: 'nginx:1.27' }) },
    tracedBy(collector),
  );
  await product.settled(product.repository.first);
  const commit = await product.repository.clone.push({
    'apps/a.yaml': manifest('a', { image: 'nginx:1.29' }),
    'apps/b.yaml': manifest('b', { image: 'nginx:1.27' }),
  });
  await product.settled(commit);
  t.true(collector.asked() > 0);
  t.truthy(await product.get(DEPLOYMENT, 'b'));
  const start = performance.now();
  await product.parts.functions.stop();
  const took = performance.now() - start;
  t.true(took < 4_500, `it ended by itself, in ${took} ms`);
});

test.serial('traces: where none is wanted, nothing is written for them', async (t) => {
  t.timeout(240_000);
  const product = await startProduct(t, { 'apps/a.yaml': manifest('a', { image: 'nginx:1.27' }) });
  await product.settled(product.repository.first);
  const commit = await product.repository.clone.push({
    'apps/a.yaml': manifest('a', { image: 'nginx:1.29' }),
  });
  await product.settled(commit);
  const written = [await product.get(WEBAPP, 'a'), await product.source()];
  for (const object of written) t.is(object && annotation(object, ANNOTATION.traceparent), '');
  // The ids are on the lines all the same.
  const isEnd = ({ msg }: Line) => msg === 'Reconciliation completed';
  const ended = (await linesWith(product, { 'of a reconcile': isEnd })).filter(isEnd);
  for (const line of ended) t.regex(String(line.trace_id), /^[0-9a-f]{32}$/);
  await eventually('the Deployment of the push', async () => {
    const deployment = await product.get(DEPLOYMENT, 'a');
    return JSON.stringify(deployment).includes('nginx:1.29');
  });
});
