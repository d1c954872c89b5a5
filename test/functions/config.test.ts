import test from 'ava';
import { readConfig } from '../../functions/config.ts';
import { VARIABLES } from '../../functions/variables.ts';

const SECRET = { WEBHOOK_SECRET: 's3cret' };

test('config: the defaults', (t) => {
  const { serve, ...config } = readConfig(SECRET);
  t.deepEqual([...serve], ['webapps', 'sources', 'pushes', 'reviews', 'tick', 'metrics']);
  t.deepEqual(config, {
    host: '0.0.0.0',
    port: 8080,
    webhookSecrets: ['s3cret'],
    eventAudience: '',
    eventSubjects: new Set(),
    gitHosts: ['public'],
    eventToken: '',
    defaultAccount: '',
    eventSink: '',
    eventSinkTokenFile: '',
    pushgatewayUrl: '',
    admissionPort: 9443,
    tlsCertFile: '/tmp/k8s-webhook-server/serving-certs/tls.crt',
    tlsKeyFile: '/tmp/k8s-webhook-server/serving-certs/tls.key',
    timeoutMs: 25_000,
    tracesUrl: '',
    tickMs: 60_000,
    driftMs: 1_800_000,
    election: { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 },
    logLevel: 'info',
    revision: '',
  });
});

const rows: { title: string; input: Record<string, string | undefined>; want: object }[] = [
  {
    title: 'host and port',
    input: { HOST: '127.0.0.1', PORT: '0' },
    want: { host: '127.0.0.1', port: 0 },
  },
  { title: 'the last port', input: { PORT: '65535' }, want: { port: 65_535 } },
  {
    title: 'blanks around',
    input: { PORT: ' 80 ', LOG_LEVEL: ' debug ' },
    want: { port: 80, logLevel: 'debug' },
  },
  {
    title: 'empty and blank count as not set',
    input: { PORT: '', TICK_INTERVAL: '  ', HOST: undefined },
    want: { port: 8080, tickMs: 60_000, host: '0.0.0.0' },
  },
  { title: 'milliseconds', input: { REQUEST_TIMEOUT: '250ms' }, want: { timeoutMs: 250 } },
  { title: 'seconds', input: { REQUEST_TIMEOUT: '9s' }, want: { timeoutMs: 9_000 } },
  { title: 'minutes', input: { TICK_INTERVAL: '5m' }, want: { tickMs: 300_000 } },
  { title: 'hours', input: { DRIFT_INTERVAL: '1h' }, want: { driftMs: 3_600_000 } },
  {
    title: 'two secrets',
    input: { WEBHOOK_SECRET_PREVIOUS: 'old' },
    want: { webhookSecrets: ['s3cret', 'old'] },
  },
  { title: 'a token', input: { EVENT_TOKEN: 'abc' }, want: { eventToken: 'abc' } },
  {
    title: 'hosts',
    input: { GIT_HOSTS: 'public, *.example.org,::1' },
    want: { gitHosts: ['public', '*.example.org', '::1'] },
  },
  {
    title: 'an audience and its subjects',
    input: { EVENT_AUDIENCE: 'a', EVENT_SUBJECTS: 'system:serviceaccount:a:b' },
    want: { eventAudience: 'a', eventSubjects: new Set(['system:serviceaccount:a:b']) },
  },
  {
    title: 'admission',
    input: { ADMISSION_PORT: '443', TLS_CERT_FILE: '/a.crt', TLS_KEY_FILE: '/a.key' },
    want: { admissionPort: 443, tlsCertFile: '/a.crt', tlsKeyFile: '/a.key' },
  },
];

for (const { title, input, want } of rows) {
  test(`config: ${title}`, (t) => {
    t.like(readConfig({ ...SECRET, ...input }), want);
  });
}

const served: [input: string, want: string[]][] = [
  ['webapps', ['webapps']],
  ['events', ['webapps', 'sources']],
  ['tick , sources', ['tick', 'sources']],
  ['events,webapps,events', ['webapps', 'sources']],
];

for (const [input, want] of served) {
  test(`config: FUNCTIONS=${input} needs no secret`, (t) => {
    const config = readConfig({ FUNCTIONS: input });
    t.deepEqual([...config.serve], want as never);
    t.deepEqual(config.webhookSecrets, []);
  });
}

const DURATION = 'must be a duration such as 25s, 5m or 1h, of at most 500h, not';
const wrong: { title: string; input: Record<string, string>; want: string[] }[] = [
  {
    title: 'an audience without subjects',
    input: { EVENT_AUDIENCE: 'a' },
    want: ['EVENT_AUDIENCE and EVENT_SUBJECTS must be set together, or neither'],
  },
  {
    title: 'a subject that is no ServiceAccount',
    input: { EVENT_AUDIENCE: 'a', EVENT_SUBJECTS: 'admin' },
    want: ['EVENT_SUBJECTS must be a list of system:serviceaccount:NAMESPACE:NAME, not "admin"'],
  },
  {
    title: 'a host with a port',
    input: { GIT_HOSTS: 'a.example:80' },
    want: [
      'GIT_HOSTS must be a list of host names, *.example.org, IP addresses or public, without ports, not "a.example:80"',
    ],
  },
  {
    title: 'webhooks without a secret',
    input: { WEBHOOK_SECRET: ' ' },
    want: [
      'WEBHOOK_SECRET must be set to serve pushes and reviews (or leave them out of FUNCTIONS)',
    ],
  },
  {
    title: 'the old secret does not do alone',
    input: { WEBHOOK_SECRET: '', WEBHOOK_SECRET_PREVIOUS: 'old' },
    want: [
      'WEBHOOK_SECRET must be set to serve pushes and reviews (or leave them out of FUNCTIONS)',
    ],
  },
  {
    title: "another namespace's account",
    input: { DEFAULT_SERVICE_ACCOUNT: 'kube-system:default' },
    want: [
      'DEFAULT_SERVICE_ACCOUNT must be the name of a ServiceAccount, not "kube-system:default"',
    ],
  },
  {
    title: 'a sink that is no address',
    input: { EVENT_SINK: 'broker.default' },
    want: ['EVENT_SINK must be an http or https URL, not "broker.default"'],
  },
  {
    title: 'a gateway with a query, behind which no path can be put',
    input: { PUSHGATEWAY_URL: 'http://gateway:9091/?a=b' },
    want: [
      'PUSHGATEWAY_URL must be an http or https URL without a query, not "http://gateway:9091/?a=b"',
    ],
  },
  {
    title: 'a port too high',
    input: { PORT: '65536' },
    want: ['PORT must be a port number from 0 to 65535, not "65536"'],
  },
  {
    title: 'a port that is none',
    input: { PORT: '8e3' },
    want: ['PORT must be a port number from 0 to 65535, not "8e3"'],
  },
  {
    title: 'a negative port',
    input: { PORT: '-1' },
    want: ['PORT must be a port number from 0 to 65535, not "-1"'],
  },
  {
    title: 'a port of admission that is none',
    input: { ADMISSION_PORT: 'https' },
    want: ['ADMISSION_PORT must be a port number from 0 to 65535, not "https"'],
  },
  {
    title: 'a duration without unit',
    input: { TICK_INTERVAL: '60' },
    want: [`TICK_INTERVAL ${DURATION} "60"`],
  },
  {
    title: 'no time at all',
    input: { TICK_INTERVAL: '0s' },
    want: [`TICK_INTERVAL ${DURATION} "0s"`],
  },
  {
    title: 'a broken duration',
    input: { TICK_INTERVAL: '1.5m' },
    want: [`TICK_INTERVAL ${DURATION} "1.5m"`],
  },
  {
    title: 'a function that is none',
    input: { FUNCTIONS: 'events,evens' },
    want: [
      'FUNCTIONS must be a list of events, webhooks, webapps, sources, pushes, reviews, tick, metrics, admission, not "events,evens"',
    ],
  },
  {
    title: 'a name of the prototype',
    input: { LOG_LEVEL: 'constructor' },
    want: [
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "constructor"',
    ],
  },
  {
    title: 'all at once',
    input: {
      PORT: 'x',
      FUNCTIONS: '',
      WEBHOOK_SECRET: '',
      REQUEST_TIMEOUT: '1d',
      TICK_INTERVAL: '-1s',
      DRIFT_INTERVAL: 'soon',
      LOG_LEVEL: 'loud',
    },
    want: [
      'WEBHOOK_SECRET must be set to serve pushes and reviews (or leave them out of FUNCTIONS)',
      'PORT must be a port number from 0 to 65535, not "x"',
      `REQUEST_TIMEOUT ${DURATION} "1d"`,
      `TICK_INTERVAL ${DURATION} "-1s"`,
      'DRIFT_INTERVAL must be a duration such as 25s, 5m or 1h, not "soon"',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    ],
  },
];

for (const { title, input, want } of wrong) {
  test(`config, wrong: ${title}`, (t) => {
    const error = t.throws(() => readConfig({ ...SECRET, ...input }));
    t.deepEqual(error?.message.split('\n  '), ['the environment is not right:', ...want]);
  });
}

test('config: no secret is told', (t) => {
  const input = {
    WEBHOOK_SECRET: 'canary',
    WEBHOOK_SECRET_PREVIOUS: 'canary',
    EVENT_TOKEN: 'canary',
  };
  const error = t.throws(() => readConfig({ ...input, PORT: 'x' }));
  t.false(error?.message.includes('canary'));
});

test('config: it cannot be changed, and every variable says what it means', (t) => {
  t.true(Object.isFrozen(readConfig(SECRET)));
  for (const [fallback, meaning] of Object.values(VARIABLES)) {
    t.is(typeof fallback, 'string');
    t.true(meaning.length > 10);
  }
});
