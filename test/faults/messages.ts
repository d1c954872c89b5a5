// What is told to the functions, in the form in which it is told to them in production.

import { sendEvent, sendTick } from '../../functions/event-sink.ts';
import type { DeliveryResult } from '../../functions/relay/delivery-queue.ts';
import { fingerprint } from '../../functions/relay/fingerprint.ts';
import type { Verb } from '../../functions/relay/informer.ts';
import { CHILD_KINDS, WEBAPP, WEBAPP_SOURCE } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { LABEL, OPERATOR } from '../../gitops/webapp.ts';
import { pushes } from '../helpers/functions-pushes.ts';
import { type Incarnation, WEBHOOK_SECRET } from './incarnation.ts';
import type { State } from './state.ts';

/** Something to deliver: an event, a webhook or a tick. Sent twice, it is the same one. */
export interface Message {
  readonly id: string;
  readonly send: (to: Incarnation) => Promise<DeliveryResult>;
}

/** Makes a name of a place that no other place of the run has. */
export type Naming = (what: string) => string;

const TOLD = [WEBAPP_SOURCE, WEBAPP, ...CHILD_KINDS];

/** Returns the events by which the relay would tell of what differs. */
export function eventsBetween(before: State, after: State, nameOf: Naming): Message[] {
  const gone = [...before].filter(([key]) => !after.has(key));
  const changed = [...after].filter(
    ([key, object]) => printOf(before.get(key)) !== printOf(object),
  );
  return [
    ...gone.flatMap(([, object]) => eventAbout(object, 'delete', nameOf)),
    ...changed.flatMap(([key, object]) =>
      eventAbout(object, before.has(key) ? 'update' : 'add', nameOf),
    ),
  ];
}

function eventAbout(object: KubeObject, verb: Verb, nameOf: Naming): Message[] {
  const { kind, metadata } = object;
  const of = TOLD.find((one) => one.kind === kind);
  const isChild = CHILD_KINDS.some((one) => one.kind === kind);
  if (of === undefined || (isChild && metadata.labels?.[LABEL.managedBy] !== OPERATOR)) return [];
  const id = nameOf([kind.toLowerCase(), metadata.name, verb].join('.'));
  return [{ id, send: ({ sink }) => sendEvent({ of, verb, object }, sink) }];
}

function printOf(object: KubeObject | undefined): string {
  return object === undefined ? '' : `${object.metadata.uid} ${fingerprint(object)}`;
}

/** Returns the webhook of a push to the branch. */
export function pushTo(url: string, nameOf: Naming): Message {
  const { path, headers, body } = pushes.plain(url, 'main', { secret: WEBHOOK_SECRET });
  const init = { method: 'POST', headers: { ...headers }, body: String(body) };
  const send = async ({ sink }: Incarnation): Promise<DeliveryResult> => {
    const { status } = await fetch(`${sink.url}${path}`, init).catch(() => ({ status: 599 }));
    return status < 500 ? { kind: 'done' } : { kind: 'again', afterMs: 0 };
  };
  return { id: nameOf('push'), send };
}

/** One that is told again after another push asks for another look, and gets it: that is no quiet message. */
export function isPush({ id }: Message): boolean {
  return id.includes('/push.');
}

/** Returns a tick as the relay sends it. */
export function tickNow(nameOf: Naming): Message {
  return { id: nameOf('tick'), send: ({ sink }) => sendTick(sink) };
}
