// What is asked of every way in, and what it must answer: of the functions in this process (entries.test.ts), and of
// bundle, image and package as they are deployed (test/lambda).
import { WEBAPP } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import { type Call, eventAbout, TOKEN } from '../helpers/functions-entries.ts';

const LIMIT = 3 * 1024 * 1024;
const authorization = `Bearer ${TOKEN}`;

/** Returns the event about a WebApp. */
export type Form = (key: ObjectKey) => Call;

const attributes = {
  specversion: '1.0',
  id: 'e1',
  source: 'https://kubernetes.default.svc',
  type: 'dev.knative.apiserver.resource.add',
};
const binary = (data: object, extensions: Record<string, string> = {}): Call => {
  const pairs = Object.entries({ ...attributes, ...extensions });
  const headers = Object.fromEntries(pairs.map(([key, value]) => [`ce-${key}`, value]));
  return {
    path: '/events',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(data),
  };
};
const structured = (event: object): Call => ({
  path: '/',
  headers: { authorization, 'content-type': 'application/cloudevents+json; charset=utf-8' },
  body: JSON.stringify({ ...attributes, datacontenttype: 'application/json', ...event }),
});
const kindOf = { apiVersion: WEBAPP.apiVersion, kind: WEBAPP.kind };

/** As Knative's ApiServerSource sends them, by mode of HTTP and of the source. */
export const forms: Record<string, Form> = {
  'binary, resource': (metadata) => binary({ ...kindOf, metadata, spec: {} }),
  'binary, reference': (key) => binary({ ...kindOf, ...key }),
  'binary, attributes alone': ({ namespace, name }) =>
    binary({}, { apiversion: kindOf.apiVersion, kind: kindOf.kind, namespace, name }),
  'structured, resource': (metadata) => structured({ data: { ...kindOf, metadata, spec: {} } }),
  'structured, reference': (key) => structured({ data: { ...kindOf, ...key } }),
};

const key = { namespace: 'default', name: 'nobody' };
const about = eventAbout('WebApp', key);
const without = (header: string): Call => {
  const { [header]: _, ...headers } = about.headers ?? {};
  return { ...about, headers };
};

/** Calls that do nothing, and their answers. */
export const answers: Record<string, { call: Call; status: number; says?: RegExp }> = {
  'an event about a WebApp that is gone': { call: about, status: 200, says: /gone/ },
  'an event about another kind': { call: eventAbout('Pod', key), status: 202, says: /not handled/ },
  'an event of another type': {
    call: { ...about, headers: { ...about.headers, 'ce-type': 'com.github.push' } },
    status: 202,
    says: /type com.github.push/,
  },
  'no event at all': {
    call: { path: '/events', headers: { authorization }, body: '{}' },
    status: 400,
    says: /specversion must be 1.0/,
  },
  'a structured event that is not JSON': {
    call: { ...structured({}), body: '{' },
    status: 400,
    says: /not a JSON object/,
  },
  'an event without a namespace': {
    call: { ...about, body: JSON.stringify({ ...kindOf, name: 'shop' }) },
    status: 400,
    says: /namespace must be/,
  },
  'an event with a path for a name': {
    call: eventAbout('WebApp', { namespace: 'default', name: '../secrets/x' }),
    status: 400,
    says: /name must be/,
  },
  'no token': { call: without('authorization'), status: 401, says: /token is missing or wrong/ },
  'a wrong token': {
    call: { ...about, headers: { ...about.headers, authorization: `${authorization}x` } },
    status: 401,
  },
  'a tick without a token': { call: { path: '/tick' }, status: 401 },
  'a large body without a token': {
    call: { path: '/events', body: Buffer.alloc(LIMIT + 1, 'x') },
    status: 401,
  },
  'a body over the limit': {
    call: { ...about, body: Buffer.alloc(LIMIT + 1, 'x') },
    status: 413,
    says: /too large/,
  },
  'a large webhook': {
    call: { path: '/webhooks/github', body: Buffer.alloc(LIMIT + 1, 'x') },
    status: 413,
  },
  'a compressed body': {
    call: { ...about, headers: { ...about.headers, 'content-encoding': 'gzip' } },
    status: 415,
  },
  'a path that is not served': { call: { path: '/metrics-of-nobody' }, status: 404, says: /path/ },
  'a GET for events': { call: { method: 'GET', path: '/events' }, status: 404 },
  'a POST to health': { call: { path: '/healthz' }, status: 404 },
};
