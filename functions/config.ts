// The environment, read once, and the files that it names. All that is wrong with it is said at once.
import { readFileSync } from 'node:fs';
import { messageOf } from '../gitops/errors.ts';
import type { WebAppSource } from '../gitops/webapp.ts';
import { readSources } from './review/sources-file.ts';

/** What the functions need to know; times in milliseconds. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly serve: ReadonlySet<FunctionName>;
  readonly webhookSecrets: readonly string[];
  /** Bearer token that callers of /events and /tick must show; none is asked for where it is empty. */
  readonly eventToken: string;
  /** URL to which the tick posts what is due; empty where it does that itself. */
  readonly eventSink: string;
  /** URL of a Prometheus Pushgateway; empty where the metrics are only served. */
  readonly pushgatewayUrl: string;
  /** Where admission is served, over TLS with the certificate in these files (PEM). */
  readonly admissionPort: number;
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
  readonly timeoutMs: number;
  readonly tickMs: number;
  readonly driftMs: number;
  readonly logLevel: string;
  /** Reviews without a cluster: where it is set, none is used at all. */
  readonly standalone?: Standalone;
}

/** What a cluster would tell of reviews. */
export interface Standalone {
  readonly sources: readonly WebAppSource[];
  /** Access token for the forge and the repositories of these sources. */
  readonly forgeToken: string;
}

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
  EVENT_SINK: [
    '',
    'URL to which the tick posts a CloudEvent for each object that is due, with EVENT_TOKEN; empty: it visits them itself',
  ],
  PUSHGATEWAY_URL: ['', 'Prometheus Pushgateway that the metrics are pushed to'],
  ADMISSION_PORT: ['9443', 'port of admission, over TLS'],
  TLS_CERT_FILE: [
    `${CERTIFICATES}/tls.crt`,
    'certificate of admission; read again when it changes',
  ],
  TLS_KEY_FILE: [`${CERTIFICATES}/tls.key`, 'private key of that certificate'],
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

type Variable = keyof typeof VARIABLES;
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process. No other file reads it. */
export const environment: Environment = process.env;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Returns the configuration; throws one error that names every variable that is wrong and what it must be. */
export function readConfig(from: Environment = environment): Config {
  const wrong: string[] = [];
  const text = (name: Variable) => from[name]?.trim() || VARIABLES[name][0];
  const read = <T>(name: Variable, parse: (value: string) => T | undefined, form: string): T => {
    const value = parse(text(name));
    if (value === undefined)
      wrong.push(`${name} must be ${form}, not ${JSON.stringify(text(name))}`);
    return value as T;
  };
  const standalone = standaloneIn(text, wrong);
  const named = read('FUNCTIONS', functionsIn, `a list of ${FUNCTION_NAMES.join(', ')}`);
  const serve = standalone && !from.FUNCTIONS?.trim() ? WITHOUT_CLUSTER : named;
  for (const name of NEED_CLUSTER) {
    if (standalone && serve?.has(name))
      wrong.push(
        `FUNCTIONS must not name ${name} where SOURCES_FILE is set: there is no cluster then`,
      );
  }
  const webhookSecrets = [text('WEBHOOK_SECRET'), text('WEBHOOK_SECRET_PREVIOUS')].filter(Boolean);
  if (serve?.has('webhooks') && text('WEBHOOK_SECRET') === '') {
    wrong.push('WEBHOOK_SECRET must be set to serve webhooks (or leave webhooks out of FUNCTIONS)');
  }
  const config: Config = {
    host: text('HOST'),
    port: read('PORT', portIn, PORT_FORM),
    serve,
    webhookSecrets,
    eventToken: text('EVENT_TOKEN'),
    eventSink: read('EVENT_SINK', sinkIn, 'an http or https URL'),
    pushgatewayUrl: read('PUSHGATEWAY_URL', gatewayIn, GATEWAY_FORM),
    admissionPort: read('ADMISSION_PORT', portIn, PORT_FORM),
    tlsCertFile: text('TLS_CERT_FILE'),
    tlsKeyFile: text('TLS_KEY_FILE'),
    timeoutMs: read('REQUEST_TIMEOUT', durationIn, DURATION_FORM),
    tickMs: read('TICK_INTERVAL', durationIn, DURATION_FORM),
    driftMs: read('DRIFT_INTERVAL', durationIn, DURATION_FORM),
    logLevel: read(
      'LOG_LEVEL',
      (value) => LOG_LEVELS.find((level) => level === value),
      VARIABLES.LOG_LEVEL[1],
    ),
    ...(standalone && { standalone }),
  };
  if (wrong.length > 0) throw new Error(`the environment is not right:\n  ${wrong.join('\n  ')}`);
  return Object.freeze(config);
}

const PORT_FORM = 'a port number from 0 to 65535';

const WITHOUT_CLUSTER: ReadonlySet<FunctionName> = new Set([
  'webhooks',
  'tick',
  'reviews',
  'metrics',
]);

const NEED_CLUSTER: readonly FunctionName[] = ['events', 'admission'];

type TextOf = (name: Variable) => string;

function standaloneIn(text: TextOf, wrong: string[]): Standalone | undefined {
  const path = text('SOURCES_FILE');
  if (path === '') return undefined;
  const forgeToken =
    text('FORGE_TOKEN') || contentOf('FORGE_TOKEN_FILE', text, wrong)?.trim() || '';
  if (forgeToken === '')
    wrong.push('FORGE_TOKEN (or FORGE_TOKEN_FILE) must be set where SOURCES_FILE is');
  const content = contentOf('SOURCES_FILE', text, wrong);
  if (content === undefined) return { forgeToken, sources: [] };
  const file = readSources(content, path);
  if (file.kind === 'sources') return { forgeToken, sources: file.sources };
  const problems = file.problems.map(
    ({ path, line, column, message }) => `SOURCES_FILE ${path}:${line}:${column}: ${message}`,
  );
  wrong.push(...problems);
  return { forgeToken, sources: [] };
}

/** Returns undefined where no file is named or it cannot be read. */
function contentOf(name: Variable, text: TextOf, wrong: string[]): string | undefined {
  const path = text(name);
  if (path === '') return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    wrong.push(`${name} cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

const DURATION_FORM = 'a duration such as 25s, 5m or 1h';

function durationIn(value: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})(ms|s|m|h)$/.exec(value) ?? [];
  const factor = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  return factor && Number(amount) > 0 ? Number(amount) * factor : undefined;
}

function sinkIn(value: string): string | undefined {
  return value === '' || /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined;
}

const GATEWAY_FORM = 'an http or https URL without a query';

/** Paths are put behind it. */
function gatewayIn(value: string): string | undefined {
  return /[?#]/.test(value) ? undefined : sinkIn(value)?.replace(/\/+$/, '');
}

function portIn(value: string): number | undefined {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : -1;
  return port >= 0 && port <= 65_535 ? port : undefined;
}

function functionsIn(value: string): ReadonlySet<FunctionName> | undefined {
  const names = value.split(',').map((name) => name.trim());
  const known = names.filter((name): name is FunctionName =>
    FUNCTION_NAMES.some((one) => one === name),
  );
  return known.length === names.length ? new Set(known) : undefined;
}
