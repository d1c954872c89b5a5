// The environment, read once, and the files that it names. All that is wrong with it is said at once.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { messageOf } from '../gitops/errors.ts';
import { trimSlashes } from '../gitops/trim-slashes.ts';
import type { WebAppSource } from '../gitops/webapp.ts';
import { DURATION_FORM, durationIn, TIMER_FORM, timerIn } from './durations.ts';
import { electionIn } from './relay/election-times.ts';
import type { ElectionTimes } from './relay/leader.ts';
import { readSources } from './review/sources-file.ts';
import { tracesUrlIn } from './telemetry/traces-url.ts';
import { FUNCTION_GROUPS, FUNCTION_NAMES, type FunctionName, VARIABLES } from './variables.ts';

/** What the functions need to know; times in milliseconds. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly serve: ReadonlySet<FunctionName>;
  readonly webhookSecrets: readonly string[];
  /** Bearer token that callers of /events and /tick must show; none is asked for where it is empty. */
  readonly eventToken: string;
  /** ServiceAccount with whose rights a WebAppSource is applied that names none; empty where those are our own. */
  readonly defaultAccount: string;
  /** URL to which the tick posts what is due; empty where it does that itself. */
  readonly eventSink: string;
  /** File of the token to show there, in place of eventToken; empty where there is none. */
  readonly eventSinkTokenFile: string;
  /** Audience of the ServiceAccounts' tokens that they may show instead; none is accepted where it is empty. */
  readonly eventAudience: string;
  /** Subjects that such a token may have. */
  readonly eventSubjects: ReadonlySet<string>;
  /** URL of a Prometheus Pushgateway; empty where the metrics are only served. */
  readonly pushgatewayUrl: string;
  /** Where admission is served, over TLS with the certificate in these files (PEM). */
  readonly admissionPort: number;
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
  /** Hosts that repositories and forges may be on (gitops/io/reach.ts). */
  readonly gitHosts: readonly string[];
  readonly timeoutMs: number;
  readonly tickMs: number;
  readonly driftMs: number;
  /** How relays elect their leader; undefined where each works. */
  readonly election: ElectionTimes | undefined;
  readonly logLevel: string;
  /** URL that spans are posted to; empty where there are none. */
  readonly tracesUrl: string;
  /** Name of the Knative revision that this process is of; empty where there is none. */
  readonly revision: string;
  /** Reviews without a cluster: where it is set, none is used at all. */
  readonly standalone?: Standalone;
}

/** What a cluster would tell of reviews. */
export interface Standalone {
  readonly sources: readonly WebAppSource[];
  /** Access token for the forge and the repositories of these sources. */
  readonly forgeToken: string;
}

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
  const timer = (name: Variable) => read(name, timerIn, TIMER_FORM);
  const standalone = standaloneIn(text, wrong);
  const named = read('FUNCTIONS', functionsIn, `a list of ${SERVED.join(', ')}`);
  const serve = standalone && !from.FUNCTIONS?.trim() ? WITHOUT_CLUSTER : named;
  for (const name of NEED_CLUSTER) {
    if (standalone && serve?.has(name))
      wrong.push(
        `FUNCTIONS must not name ${name} where SOURCES_FILE is set: there is no cluster then`,
      );
  }
  const webhookSecrets = secretsIn(text, serve, wrong);
  const config: Config = {
    host: text('HOST'),
    port: read('PORT', portIn, PORT_FORM),
    serve,
    webhookSecrets,
    eventToken: text('EVENT_TOKEN'),
    defaultAccount: read('DEFAULT_SERVICE_ACCOUNT', accountIn, 'the name of a ServiceAccount'),
    eventSink: read('EVENT_SINK', sinkIn, 'an http or https URL'),
    eventSinkTokenFile: text('EVENT_SINK_TOKEN_FILE'),
    ...audienceIn(text, wrong),
    pushgatewayUrl: read('PUSHGATEWAY_URL', gatewayIn, GATEWAY_FORM),
    admissionPort: read('ADMISSION_PORT', portIn, PORT_FORM),
    tlsCertFile: text('TLS_CERT_FILE'),
    tlsKeyFile: text('TLS_KEY_FILE'),
    gitHosts: read('GIT_HOSTS', hostsIn, HOSTS_FORM),
    timeoutMs: timer('REQUEST_TIMEOUT'),
    tickMs: timer('TICK_INTERVAL'),
    driftMs: read('DRIFT_INTERVAL', durationIn, DURATION_FORM),
    election: read('LEADER_ELECTION', booleanIn, 'true or false')
      ? electionIn(timer, wrong)
      : undefined,
    logLevel: read(
      'LOG_LEVEL',
      (value) => LOG_LEVELS.find((level) => level === value),
      VARIABLES.LOG_LEVEL[1],
    ),
    tracesUrl: tracesUrlIn(text, wrong),
    revision: text('K_REVISION'),
    ...(standalone && { standalone }),
  };
  if (wrong.length > 0) throw new Error(`the environment is not right:\n  ${wrong.join('\n  ')}`);
  return Object.freeze(config);
}

function secretsIn(text: TextOf, serve: Config['serve'] | undefined, wrong: string[]): string[] {
  const secret = text('WEBHOOK_SECRET');
  const isNeeded = serve?.has('pushes') || serve?.has('reviews');
  if (isNeeded && secret === '')
    wrong.push(
      'WEBHOOK_SECRET must be set to serve pushes and reviews (or leave them out of FUNCTIONS)',
    );
  return [secret, text('WEBHOOK_SECRET_PREVIOUS')].filter(Boolean);
}

const SUBJECT = /^system:serviceaccount:[a-z0-9][-a-z0-9]*:[a-z0-9][-.a-z0-9]*$/;

/** Each says something only beside the other; and the keys that the tokens are signed by are the cluster's. */
function audienceIn(text: TextOf, wrong: string[]) {
  const eventAudience = text('EVENT_AUDIENCE');
  const eventSubjects = new Set(listIn(text('EVENT_SUBJECTS')));
  for (const subject of eventSubjects) {
    if (!SUBJECT.test(subject))
      wrong.push(
        `EVENT_SUBJECTS must be a list of system:serviceaccount:NAMESPACE:NAME, not ${JSON.stringify(subject)}`,
      );
  }
  if ((eventAudience === '') !== (eventSubjects.size === 0))
    wrong.push('EVENT_AUDIENCE and EVENT_SUBJECTS must be set together, or neither');
  if (eventAudience !== '' && text('SOURCES_FILE') !== '')
    wrong.push('EVENT_AUDIENCE must not be set where SOURCES_FILE is: there is no cluster then');
  return { eventAudience, eventSubjects };
}

function listIn(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

const HOSTS_FORM = 'a list of host names, *.example.org, IP addresses or public, without ports';
const HOST = /^(\*\.)?[a-z0-9_]([-a-z0-9_.]*[a-z0-9_])?$/i;

function hostsIn(value: string): string[] | undefined {
  const hosts = listIn(value);
  return hosts.every((host) => HOST.test(host) || isIP(host) !== 0) ? hosts : undefined;
}

const PORT_FORM = 'a port number from 0 to 65535';

const WITHOUT_CLUSTER: ReadonlySet<FunctionName> = new Set(['reviews', 'tick', 'metrics']);

/** Pushes are not among them: without a cluster they are heard and nothing follows, as webhooks stands for both. */
const NEED_CLUSTER: readonly FunctionName[] = ['webapps', 'sources', 'admission'];

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

function booleanIn(value: string): boolean | undefined {
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

function accountIn(value: string): string | undefined {
  return /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$/.test(value) ? value : undefined;
}

function sinkIn(value: string): string | undefined {
  return value === '' || /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined;
}

const GATEWAY_FORM = 'an http or https URL without a query';

/** Paths are put behind it. */
function gatewayIn(value: string): string | undefined {
  const url = /[?#]/.test(value) ? undefined : sinkIn(value);
  return url && trimSlashes(url);
}

function portIn(value: string): number | undefined {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : -1;
  return port >= 0 && port <= 65_535 ? port : undefined;
}

const SERVED = [...Object.keys(FUNCTION_GROUPS), ...FUNCTION_NAMES];

function functionsIn(value: string): ReadonlySet<FunctionName> | undefined {
  const listed = value.split(',').map((name) => name.trim());
  const names: readonly string[] = listed.flatMap<string>(
    (name) => FUNCTION_GROUPS[name] ?? [name],
  );
  const known = names.filter((name): name is FunctionName =>
    FUNCTION_NAMES.some((one) => one === name),
  );
  return known.length === names.length ? new Set(known) : undefined;
}
