// The variables of the environment, for reading them (config.ts) and for telling of them (--help).

/** What a process can serve; each of the first five has rights of its own. */
export const FUNCTION_NAMES = [
  'webapps',
  'sources',
  'pushes',
  'reviews',
  'tick',
  'metrics',
  'admission',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Names for several of them. */
export const FUNCTION_GROUPS: Readonly<Record<string, readonly FunctionName[]>> = {
  events: ['webapps', 'sources'],
  webhooks: ['pushes', 'reviews'],
};

/** Where the Secret of the webhook's certificate is mounted by custom. */
const CERTIFICATES = '/tmp/k8s-webhook-server/serving-certs';

/** Every variable, its default and what it means; printed by `webapp functions --help`. */
export const VARIABLES = {
  HOST: ['0.0.0.0', 'address to listen on'],
  PORT: ['8080', 'port to listen on'],
  FUNCTIONS: [
    'events,webhooks,tick,metrics',
    `which functions to serve: ${FUNCTION_NAMES.join(', ')}; events stands for webapps,sources, webhooks for pushes,reviews`,
  ],
  WEBHOOK_SECRET: [
    '',
    'secret that the Git servers sign their webhooks with; needed to serve webhooks',
  ],
  WEBHOOK_SECRET_PREVIOUS: ['', 'a second secret that is still accepted while it is being changed'],
  EVENT_TOKEN: ['', 'bearer token that callers of /events and /tick must show'],
  DEFAULT_SERVICE_ACCOUNT: [
    '',
    'ServiceAccount, in the namespace of each WebAppSource that names none, with whose rights it is applied',
  ],
  EVENT_SINK: [
    '',
    'URL to which the tick posts a CloudEvent for each object that is due, with EVENT_TOKEN; empty: it visits them itself',
  ],
  EVENT_SINK_TOKEN_FILE: [
    '',
    "file that holds the bearer token for EVENT_SINK in place of EVENT_TOKEN, such as a ServiceAccount's; read each time",
  ],
  EVENT_AUDIENCE: [
    '',
    "audience of the ServiceAccounts' tokens that they may show instead, such as those of Knative",
  ],
  EVENT_SUBJECTS: [
    '',
    'list of who may show one: system:serviceaccount:NAMESPACE:NAME; needed with EVENT_AUDIENCE',
  ],
  PUSHGATEWAY_URL: ['', 'Prometheus Pushgateway that the metrics are pushed to'],
  ADMISSION_PORT: ['9443', 'port of admission, over TLS'],
  TLS_CERT_FILE: [
    `${CERTIFICATES}/tls.crt`,
    'certificate of admission; read again when it changes',
  ],
  TLS_KEY_FILE: [`${CERTIFICATES}/tls.key`, 'private key of that certificate'],
  GIT_HOSTS: [
    'public',
    'hosts that repositories and forges may be on: names, *.example.org, IP addresses, public for all with public addresses',
  ],
  REQUEST_TIMEOUT: ['25s', 'longest time one request may take'],
  TICK_INTERVAL: ['60s', 'time between two ticks'],
  LEADER_ELECTION: [
    'true',
    'false: a relay works without being elected; then there must be one only',
  ],
  LEASE_DURATION: ['15s', 'how long nobody else leads the relays after the last renewal'],
  RENEW_DEADLINE: ['10s', 'after how long a relay that cannot renew stops'],
  RETRY_PERIOD: ['2s', 'time between two tries of a relay to lead'],
  DRIFT_INTERVAL: ['30m', 'time between two full checks of an object nothing happened to'],
  SOURCES_FILE: [
    '',
    'YAML file of WebAppSources whose pull requests are reviewed without any cluster; then events are not served',
  ],
  FORGE_TOKEN: ['', 'access token for the forge and the repositories of SOURCES_FILE'],
  FORGE_TOKEN_FILE: ['', 'file that holds the token, in place of FORGE_TOKEN'],
  K_REVISION: ['', 'set by Knative: the revision that the metrics name'],
  LOG_LEVEL: ['info', 'one of fatal, error, warn, info, debug, trace, silent'],
} as const;
