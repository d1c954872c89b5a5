// Mode knative: who serves what, under which rights, and what happens to an event that nobody takes.
import test from 'ava';
import { readConfig } from '../../functions/config.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { KNATIVE, rendered, the, type Values } from './chart.ts';

interface Service {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly annotations: Record<string, string> };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containerConcurrency: number;
        readonly timeoutSeconds: number;
        readonly containers: readonly [
          { readonly env: readonly { readonly name: string; readonly value?: string }[] },
        ];
      };
    };
  };
}

interface Delivery {
  readonly deadLetterSink: object;
}

interface Trigger {
  readonly spec: {
    readonly subscriber: { readonly ref: { readonly name: string }; readonly uri: string };
    readonly filters: object[];
    readonly delivery: Delivery;
  };
}

const OIDC: Values = { ...KNATIVE, knative: { oidc: { enabled: true } } };
const service = (objects: readonly KubeObject[], name: string) =>
  the<Service>(objects, 'Service', `webapp-operator-${name}`);
const configOf = ({ spec }: Service) => {
  const { env } = spec.template.spec.containers[0];
  return readConfig(Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'secret'])));
};

test('each function has a Service and rights of its own', async (t) => {
  const objects = await rendered(KNATIVE);
  const served: Record<string, [account: string, functions: string[], isLocal: boolean]> = {
    webapps: ['webapp-webapps', ['webapps', 'metrics'], true],
    sources: ['webapp-sources', ['sources', 'metrics'], true],
    pushes: ['webapp-pushes', ['pushes'], false],
    reviews: ['webapp-reviews', ['reviews'], false],
    tick: ['webapp-tick', ['tick', 'metrics'], true],
    'review-tick': ['webapp-reviews', ['reviews', 'tick', 'metrics'], true],
  };
  for (const [name, [account, functions, isLocal]] of Object.entries(served)) {
    const found = service(objects, name);
    t.is(found.spec.template.spec.serviceAccountName, account);
    t.deepEqual([...configOf(found).serve], functions as never);
    t.is(
      found.metadata.labels?.['networking.knative.dev/visibility'] === 'cluster-local',
      isLocal,
      name,
    );
    the(objects, 'ServiceAccount', account);
    the(objects, 'ClusterRoleBinding', account);
  }
  t.false(
    objects.some(
      ({ kind, metadata }) =>
        kind === 'Deployment' && metadata.name !== 'webapp-operator-admission',
    ),
  );
});

test('instances are bounded, and a function answers before its proxy does', async (t) => {
  const knative = { functions: { webapps: { containerConcurrency: 5, minScale: 1, maxScale: 7 } } };
  const { spec } = service(
    await rendered({ ...KNATIVE, knative, settings: { requestTimeout: '40s' } }),
    'webapps',
  );
  t.like(spec.template.spec, { containerConcurrency: 5, timeoutSeconds: 45 });
  t.like(spec.template.metadata.annotations, {
    'autoscaling.knative.dev/min-scale': '1',
    'autoscaling.knative.dev/max-scale': '7',
    'autoscaling.knative.dev/target-utilization-percentage': '70',
  });
});

test('the tick hands out through the broker, and is told as often as it believes', async (t) => {
  const objects = await rendered({ ...KNATIVE, settings: { tickMinutes: 3 } });
  const config = configOf(service(objects, 'tick'));
  t.is(
    config.eventSink,
    'http://broker-ingress.knative-eventing.svc.cluster.local/webapp-operator-system/webapp-operator',
  );
  t.is(config.tickMs, 180_000);
  const ping = (name: string) =>
    the<{ spec: object }>(objects, 'PingSource', `webapp-operator-${name}`).spec;
  t.like(ping('tick'), {
    schedule: '*/3 * * * *',
    sink: { ref: { name: 'webapp-operator-tick' }, uri: '/tick' },
  });
  t.like(ping('review-tick'), {
    schedule: '*/5 * * * *',
    sink: { ref: { name: 'webapp-operator-review-tick' } },
  });
  t.is(configOf(service(objects, 'review-tick')).tickMs, 300_000);
  t.is(configOf(service(objects, 'review-tick')).eventSink, '');
});

test('changes in all namespaces are told, of children only those of WebApps', async (t) => {
  const { spec } = the<{ spec: { resources: { kind: string; selector?: object }[] } }>(
    await rendered(KNATIVE),
    'ApiServerSource',
    'webapp-operator',
  );
  t.like(spec, {
    mode: 'Reference',
    serviceAccountName: 'webapp-events',
    namespaceSelector: {},
    sink: { ref: { kind: 'Broker' } },
  });
  const whole = spec.resources
    .filter(({ selector }) => selector === undefined)
    .map(({ kind }) => kind);
  t.deepEqual(whole, ['WebApp', 'WebAppSource']);
  const selected = spec.resources.filter(({ selector }) => selector !== undefined);
  t.deepEqual(
    selected.map(({ kind }) => kind),
    ['Deployment', 'Service', 'Ingress', 'HorizontalPodAutoscaler'],
  );
  for (const { selector } of selected)
    t.deepEqual(selector, { matchLabels: { 'app.kubernetes.io/managed-by': 'webapp-operator' } });
});

test('an event goes to one function, is tried again, and ends as a dead letter', async (t) => {
  const objects = await rendered(KNATIVE);
  const dead = {
    ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'webapp-operator-tick' },
    uri: '/dead-letters',
  };
  const delivery = {
    retry: 7,
    backoffPolicy: 'exponential',
    backoffDelay: 'PT0.5S',
    timeout: 'PT30S',
    deadLetterSink: dead,
  };
  const filters = {
    sources: [{ exact: { kind: 'WebAppSource' } }],
    webapps: [{ not: { exact: { kind: 'WebAppSource' } } }],
  };
  for (const [name, filter] of Object.entries(filters)) {
    const { spec } = the<Trigger>(objects, 'Trigger', `webapp-operator-${name}`);
    t.deepEqual(spec.filters, filter);
    t.like(spec.subscriber, { ref: { name: `webapp-operator-${name}` }, uri: '/events' });
    t.deepEqual(spec.delivery, delivery as never);
  }
  t.deepEqual(
    the<{ spec: { delivery: object } }>(objects, 'Broker', 'webapp-operator').spec.delivery,
    delivery,
  );
  const own = { uri: 'http://letters.example.org' };
  const other = await rendered({
    ...KNATIVE,
    knative: { deadLetterSink: own, delivery: { retryAfterMax: 'PT10S' } },
  });
  t.like(the<Trigger>(other, 'Trigger', 'webapp-operator-sources').spec.delivery, {
    deadLetterSink: own,
    retryAfterMax: 'PT10S',
  });
});

test('with OIDC each function takes the tokens of its own Trigger or PingSource only', async (t) => {
  const objects = await rendered(OIDC);
  const subjects: Record<string, string> = {
    webapps: 'webapp-operator-webapps-oidc-eventing.knative.dev-trigger',
    sources: 'webapp-operator-sources-oidc-eventing.knative.dev-trigger',
    tick: 'webapp-operator-tick-oidc-sources.knative.dev-pingsource',
    'review-tick': 'webapp-operator-review-tick-oidc-sources.knative.dev-pingsource',
  };
  for (const [name, subject] of Object.entries(subjects)) {
    // Knative shortens longer names, and nobody could know them then.
    t.true(subject.length <= 63, subject);
    const { eventAudience, eventSubjects } = configOf(service(objects, name));
    t.is(eventAudience, 'webapp-operator');
    t.deepEqual([...eventSubjects], [`system:serviceaccount:webapp-operator-system:${subject}`]);
  }
  t.like(the<Trigger>(objects, 'Trigger', 'webapp-operator-webapps').spec.subscriber, {
    audience: 'webapp-operator',
  });
  t.is(configOf(service(objects, 'tick')).eventSinkTokenFile, '/var/run/broker-token/token');
  t.regex(
    JSON.stringify(service(objects, 'tick')),
    /"audience":"eventing\.knative\.dev\/broker\/webapp-operator-system\/webapp-operator"/,
  );
  t.is(configOf(service(await rendered(KNATIVE), 'webapps')).eventAudience, '');
});

test('a Kafka broker has another way in and a configuration of its own', async (t) => {
  const broker = { class: 'Kafka', config: { name: 'kafka-broker-config' } };
  const objects = await rendered({ ...KNATIVE, knative: { broker } });
  const { spec, metadata } = the<{ spec: object }>(objects, 'Broker', 'webapp-operator');
  t.is(metadata.annotations?.['eventing.knative.dev/broker.class'], 'Kafka');
  t.like(spec, {
    config: { kind: 'ConfigMap', name: 'kafka-broker-config', namespace: 'knative-eventing' },
  });
  t.regex(
    configOf(service(objects, 'tick')).eventSink,
    /^http:\/\/kafka-broker-ingress\.knative-eventing/,
  );
});
