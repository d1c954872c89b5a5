// CloudEvents as Knative's ApiServerSource sends them, and the tick's own of what is due. Only the key is taken; the payload is never acted on.
import type { IncomingHttpHeaders } from 'node:http';

/** The object an event is about. */
export interface EventSubject {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Set where the tick found a visit due; what it is to look at, where it says more than the object does. */
  readonly due?: { readonly check?: Check };
}

/** moved: whether the branch did, and then what it has new. changed: what it has new. all: every file against the cluster. */
export type Check = (typeof CHECKS)[number];
const CHECKS = ['moved', 'changed', 'all'] as const;

/** Type of the tick's own events. */
export const DUE_TYPE = 'com.example.webapps.due';

/** A decoded event, or why it is none of ours or none at all. */
export type Decoded =
  | { readonly kind: 'event'; readonly subject: EventSubject }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const APISERVER_TYPE = /^dev\.knative\.apiserver\.(ref|resource)\.(add|update|delete)$/;
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

type Attributes = Readonly<Record<string, unknown>>;

/** Returns the subject of an event in binary or structured mode, with a resource or a reference as its data. */
export function decodeCloudEvent(headers: IncomingHttpHeaders, body: Buffer): Decoded {
  const structured = String(headers['content-type'] ?? '').startsWith(
    'application/cloudevents+json',
  );
  const json = parse(body);
  const attributes = structured ? json : binaryAttributes(headers);
  if (attributes === undefined) return malformed('the body is not a JSON object');
  if (attributes.specversion !== '1.0') return malformed('specversion must be 1.0');
  const type = textIn(attributes, 'type');
  if (type !== DUE_TYPE && !APISERVER_TYPE.test(type))
    return { kind: 'ignored', reason: `events of type ${type} are not handled` };
  const data = structured ? record(json?.data) : json;
  return subjectOf({ ...fromData(data ?? {}), ...attributes }, type);
}

/** An object may have a toString that is no function, and then nothing can make a text of it. */
function textIn(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' ? value : '';
}

function subjectOf(attributes: Attributes, type: string): Decoded {
  const text = (key: string) => textIn(attributes, key);
  const subject = {
    id: text('id'),
    type,
    apiVersion: text('apiversion'),
    kind: text('kind'),
    namespace: text('namespace'),
    name: text('name'),
  };
  if (!NAME.test(subject.namespace)) return malformed('namespace must be the name of a namespace');
  if (!NAME.test(subject.name)) return malformed('name must be the name of an object');
  if (type !== DUE_TYPE) return { kind: 'event', subject };
  const check = CHECKS.find((one) => one === attributes.check);
  if (check === undefined && attributes.check !== undefined)
    return malformed(`check must be one of ${CHECKS.join(', ')}`);
  return { kind: 'event', subject: { ...subject, due: check ? { check } : {} } };
}

/** ApiServerSource repeats the key in the data: flat in reference mode, as an object's metadata in resource mode. */
function fromData(data: Attributes): Attributes {
  const { name, namespace } = record(data.metadata) ?? data;
  return { apiversion: data.apiVersion, kind: data.kind, name, namespace };
}

function binaryAttributes(headers: IncomingHttpHeaders): Attributes {
  const pairs = Object.entries(headers).flatMap(([key, value]) =>
    key.startsWith('ce-') && typeof value === 'string' ? [[key.slice(3), value] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function parse(body: Buffer): Attributes | undefined {
  try {
    return record(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Attributes | undefined {
  return typeof value === 'object' && value !== null ? (value as Attributes) : undefined;
}

function malformed(reason: string): Decoded {
  return { kind: 'malformed', reason };
}
