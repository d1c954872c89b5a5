// What our identities asked of the API server, from its audit log.
import { createReadStream } from 'node:fs';
import { SERVICE_ACCOUNTS, SYSTEM_NAMESPACE } from '../../infra/install.ts';

/** What is read of an event of the log. */
export interface AuditEvent {
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** One request: verb and resource (`patch webapps/status`), its object's name and the answer's code. */
export interface AuditedRequest {
  readonly what: string;
  readonly name: string;
  readonly namespace: string;
  readonly code: number;
}

const FUNCTIONS = `system:serviceaccount:${SYSTEM_NAMESPACE}:${SERVICE_ACCOUNTS.functions}`;

/** Returns the requests of the functions so far, readiness checks left out. */
export function requestsOfFunctions(auditLog: string): Promise<AuditedRequest[]> {
  return requestsOf(auditLog, FUNCTIONS);
}

/** Returns the requests of one user so far. */
export async function requestsOf(auditLog: string, username: string): Promise<AuditedRequest[]> {
  return (await eventsOf(auditLog, username)).flatMap(requestIn);
}

/** Returns the events of one user so far. A log of an hour does not fit into a string. */
export async function eventsOf(auditLog: string, username: string): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  // The API server may be writing the last line.
  let rest = '';
  for await (const chunk of createReadStream(auditLog, 'utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.includes(username))) {
      const event = JSON.parse(line) as AuditEvent;
      if (event.user.username === username) events.push(event);
    }
  }
  return events;
}

function requestIn({ verb, objectRef, responseStatus }: AuditEvent): AuditedRequest[] {
  const subresource = objectRef?.subresource ? `/${objectRef.subresource}` : '';
  return [
    {
      what: `${verb} ${objectRef?.resource}${subresource}`,
      name: objectRef?.name ?? '',
      namespace: objectRef?.namespace ?? '',
      code: responseStatus?.code ?? 0,
    },
  ];
}

/** Returns how many requests of each sort there are, as `n verb resource`. */
export function tally(requests: readonly AuditedRequest[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what } of requests) counts[what] = (counts[what] ?? 0) + 1;
  return counts;
}
