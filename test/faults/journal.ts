// Every request of the functions in one run, named so that the same request has the same name in every run.

/** A request as the proxy sees it. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'create' | 'apply' | 'patch' | 'delete' | 'rehearse';
  /** Plural of the kind; with its subresource, if it is asked for one: webapps-status. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Fields;
}

/** A request with its place in the run; `status` is the API server's own answer, 0 if it was never asked. */
export interface Entry extends Asked {
  readonly id: string;
  readonly delivery: number;
  status: number;
  /** For a read: whether another version of it has been seen before. */
  older: boolean;
}

/** JSON of which anything may be asked. */
// biome-ignore lint/suspicious/noExplicitAny: objects of the API as JSON has them, looked into at many places
export type Fields = any;

const PATH =
  /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Returns what a request asks for. */
export function readRequest(
  method: string,
  url: URL,
  { contentType = '', body }: { contentType?: string | undefined; body: Buffer },
): Asked {
  const [, namespace = '', plural = '', name = '', sub] = PATH.exec(url.pathname) ?? [];
  const query = url.searchParams;
  return {
    verb: query.has('dryRun') ? 'rehearse' : verbOf(method, name, contentType),
    resource: sub === undefined ? plural : `${plural}-${sub}`,
    ...{ namespace, name, path: url.pathname, query },
    body: body.length > 0 ? JSON.parse(body.toString('utf8')) : {},
  };
}

function verbOf(method: string, name: string, contentType: string): Asked['verb'] {
  if (method === 'GET') return name === '' ? 'list' : 'get';
  if (method === 'POST') return 'create';
  if (method === 'DELETE') return 'delete';
  return contentType.includes('apply') ? 'apply' : 'patch';
}

/** Returns whether a request changes something; a rehearsal does not. */
export function isWrite({ verb }: Asked): boolean {
  return verb !== 'get' && verb !== 'list' && verb !== 'rehearse';
}

/** The requests of a run in their order, with the step and the delivery they belong to. */
export class Journal {
  readonly entries: Entry[] = [];
  step = '';
  delivery = 0;
  readonly #counts = new Map<string, number>();

  /** Returns a name that no other place of this run has: step/what.n. */
  nameOf(what: string): string {
    const place = `${this.step}/${what}`;
    const count = (this.#counts.get(place) ?? 0) + 1;
    this.#counts.set(place, count);
    return `${place}.${count}`;
  }

  add(asked: Asked): Entry {
    const { verb, resource, name } = asked;
    const id = this.nameOf([verb, resource, name].filter(Boolean).join('.'));
    const entry = { ...asked, id, delivery: this.delivery, status: 0, older: false };
    this.entries.push(entry);
    return entry;
  }

  writes(): Entry[] {
    return this.entries.filter(isWrite);
  }
}
