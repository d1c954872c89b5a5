// A collector that is away, fails or hangs changes neither an answer nor for long how soon it comes.
import { KubeConfig } from '@kubernetes/client-node';
import test from 'ava';
import { createLog } from '../../functions/log.ts';
import { createOtlpTracer } from '../../functions/telemetry/otlp-tracer.ts';
import { Telemetry } from '../../functions/telemetry/telemetry.ts';
import { loadLambda } from '../helpers/functions-entries.ts';
import { startCollector } from './collector.ts';

const ENTRY = { name: 'POST /tick', trigger: 'timer', headers: {} } as const;
const OK = { status: 200, body: {} } as const;
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

async function stage(mood: 'taking' | 'hanging' | 'failing') {
  const collector = await startCollector();
  collector.mood = mood;
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  const telemetry = new Telemetry();
  telemetry.use(createOtlpTracer(`${collector.url}/v1/traces`, log));
  const enter = () => telemetry.enter(ENTRY, async () => OK);
  return { collector, lines, telemetry, enter };
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

// What sends is loaded with the first spans, and that is no part of what the tests are about.
test.before(async () => {
  const { collector, enter, telemetry } = await stage('taking');
  await enter();
  await telemetry.close();
  collector[Symbol.dispose]();
});

test.serial('exporting: spans are there when a flush is over', async (t) => {
  const { collector, telemetry, enter, lines } = await stage('taking');
  t.teardown(() => collector[Symbol.dispose]());
  t.is(await enter(), OK);
  await enter();
  await telemetry.flush();
  const [first, second] = collector.spans;
  t.like(first?.attributes, {
    'faas.trigger': 'timer',
    'faas.coldstart': true,
    'http.route': '/tick',
    'http.response.status_code': 200,
  });
  t.is(second?.attributes['faas.coldstart'], false);
  t.is(first?.resource['service.name'], 'webapp-functions');
  t.not(first?.traceId, second?.traceId);
  t.deepEqual(lines, []);
});

test.serial(
  'exporting: one that hangs costs a second once, and is not waited for after that',
  async (t) => {
    const { collector, telemetry, enter, lines } = await stage('hanging');
    t.teardown(() => collector[Symbol.dispose]());
    await enter();
    const first = await millisecondsOf(() => telemetry.flush());
    t.true(first >= 900 && first < 5_000, `${first} ms`);
    await enter();
    const second = await millisecondsOf(() => telemetry.flush());
    t.true(second < 900, `${second} ms`);
    const last = await millisecondsOf(() => telemetry.close());
    t.true(last < 5_000, `${last} ms`);
    t.is(lines.length, 1);
    t.like(JSON.parse(lines[0] ?? ''), { level: 'warn', msg: 'Spans could not be sent' });
  },
);

test.serial(
  'exporting: one that is there again gets what was kept, and the log is told',
  async (t) => {
    const { collector, telemetry, enter, lines } = await stage('failing');
    t.teardown(() => collector[Symbol.dispose]());
    await enter();
    await telemetry.flush();
    collector.mood = 'taking';
    await enter();
    await telemetry.close();
    t.deepEqual(
      collector.spans.map(({ name }) => name),
      ['POST /tick'],
    );
    t.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      ['Spans could not be sent', 'The collector of traces is there again'],
    );
  },
);

/** A tick of the Lambda without a cluster, which says so. */
async function tickOf(environment: Record<string, string>) {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser(
    { name: 'c', server: NOWHERE, skipTLSVerify: false },
    { name: 'u' },
  );
  const lambda = await loadLambda(kubeConfig, environment);
  let said = '';
  const took = await millisecondsOf(async () => {
    await lambda.tick().catch((error: Error) => {
      said = error.message;
    });
  });
  return { said, took };
}

test.serial(
  'exporting: Lambda sends before it answers, and answers whatever the collector does',
  async (t) => {
    using collector = await startCollector();
    const without = await tickOf({ OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    const OTEL_EXPORTER_OTLP_ENDPOINT = collector.url;
    const taken = await tickOf({ OTEL_EXPORTER_OTLP_ENDPOINT });
    t.regex(without.said, /no answer to GET/);
    t.is(taken.said, without.said);
    const names = collector.spans.map(({ name }) => name).sort();
    t.deepEqual(names, ['GET webapps', 'GET webappsources', 'POST /tick']);
    t.deepEqual([...new Set(collector.spans.map(({ traceId }) => traceId))].length, 1);

    collector.mood = 'hanging';
    const hung = await tickOf({ OTEL_EXPORTER_OTLP_ENDPOINT });
    t.is(hung.said, without.said);
    const away = await tickOf({ OTEL_EXPORTER_OTLP_ENDPOINT: NOWHERE });
    t.is(away.said, without.said);
    t.log({ without: without.took, taken: taken.took, hung: hung.took, away: away.took });
    for (const { took } of [hung, away]) t.true(took < without.took + 5_000, `${took} ms`);
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  },
);
