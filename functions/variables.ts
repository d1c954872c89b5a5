// The variables of the environment, for reading them (config.ts) and for telling of them (--help).

/** What a process can serve. */
export const FUNCTION_NAMES = [
  'events',
  'webhooks',
  'tick',
  'reviews',
  'metrics',
  'admission',
] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/** Where the Secret of the webhook's certificate is mounted by custom. */
const CERTIFICATES = '/tmp/k8s-webhook-server/serving-certs';

/** Every variable, its default and what it means; printed by `webapp functions --help`. */
export const VARIABLES = {
  HOST: ['0.0.0.0', 'address to listen on'],
  PORT: ['8080', 'port to listen on'],
  FUNCTIONS: [
    'events,webhooks,tick,reviews,metrics',
    'which functions to serve; reviews answers the pull requests among the webhooks; admission has to be named',
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
    "file that holds the token for EVENT_SINK in place of EVENT_TOKEN, such as a projected one of the pod's ServiceAccount",
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
  DRIFT_INTERVAL: ['30m', 'time between two full checks of an object nothing happened to'],
  SOURCES_FILE: [
    '',
    'YAML file of WebAppSources whose pull requests are reviewed without any cluster; then events are not served',
  ],
  FORGE_TOKEN: ['', 'access token for the forge and the repositories of SOURCES_FILE'],
  FORGE_TOKEN_FILE: ['', 'file that holds the token, in place of FORGE_TOKEN'],
  LOG_LEVEL: ['info', 'one of fatal, error, warn, info, debug, trace, silent'],
} as const;
