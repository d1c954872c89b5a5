// The real kube-apiserver as the oracle asks it: dry runs, with warnings and what the audit log says of them.
import { randomUUID } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import { Connector } from '../../../gitops/io/connection.ts';
import { type Kind, resourcePath } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { parseJson } from '../../../policies/cel/values/json.ts';
import { AuditLog } from './audit-log.ts';

/** The manager that dry runs name. */
export const MANAGER = 'oracle';

/** What the API server said to one request. */
export interface Answer {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
  readonly warnings: readonly string[];
  /** Of the audit event. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly object: KubeObject;
}

type Method = 'POST' | 'PUT' | 'DELETE' | 'GET';

/** The code for an object that is there already, or is no longer as the request has it. */
export const CONFLICT = 409;

interface Sent {
  readonly object?: KubeObject;
  readonly dryRun?: boolean;
}

/** One control plane with an audit log. */
export class ApiServer implements AsyncDisposable {
  readonly #connector: Connector;
  readonly #log: AuditLog;

  private constructor(connector: Connector, log: AuditLog) {
    this.#connector = connector;
    this.#log = log;
  }

  static async open(plane: { kubeconfig: string; auditLog: string }): Promise<ApiServer> {
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    return new ApiServer(new Connector(config), await AuditLog.open(plane.auditLog));
  }

  create(of: Kind, object: KubeObject): Promise<Answer> {
    return this.#send('POST', resourcePath(of, object.metadata.namespace), { object });
  }

  /** Creates the object unless there is one already: a create may be denied even then. */
  async keep(of: Kind, object: KubeObject): Promise<void> {
    const { name, namespace } = object.metadata;
    if ((await this.get(of, name, namespace)).code < 300) return;
    const { code, message } = await this.create(of, object);
    if (code >= 300) throw new Error(`${object.kind} ${name}: ${message}`);
  }

  /** Asks what would become of a create, or of an update where there is an old object. */
  dryRun(of: Kind, object: KubeObject, oldObject?: KubeObject): Promise<Answer> {
    const { namespace, name } = object.metadata;
    return oldObject
      ? this.#send('PUT', resourcePath(of, namespace, name), { object, dryRun: true })
      : this.#send('POST', resourcePath(of, namespace), { object, dryRun: true });
  }

  delete(of: Kind, { metadata }: KubeObject): Promise<Answer> {
    return this.#send('DELETE', resourcePath(of, metadata.namespace, metadata.name), {});
  }

  get(of: Kind, name: string, namespace?: string): Promise<Answer> {
    return this.#send('GET', resourcePath(of, namespace, name), {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connector.close();
  }

  async #send(method: Method, path: string, { object, dryRun }: Sent): Promise<Answer> {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const auditId = randomUUID();
    const query = dryRun ? `?dryRun=All&fieldManager=${MANAGER}` : '';
    const answer = await orReset(
      request(`${server}${path}${query}`, {
        method,
        dispatcher,
        headers: { ...headers, 'audit-id': auditId, 'content-type': 'application/json' },
        body: object === undefined ? null : JSON.stringify(object),
      }),
    );
    if (!answer) return PANICKED;
    const body = bodyOf(await answer.body.text());
    return {
      code: answer.statusCode,
      reason: body.reason ?? '',
      message: body.message ?? '',
      causes: body.details?.causes ?? [],
      warnings: warningsIn(answer.headers.warning),
      annotations: dryRun ? await this.#log.annotationsOf(auditId) : {},
      object: body as unknown as KubeObject,
    };
  }
}

/** What is not served at all is answered with a text. */
function bodyOf(text: string): Body {
  return text.startsWith('{') ? (parseJson(text) as Body) : { message: text };
}

/** An API server that panics over a request resets its stream. */
async function orReset(
  answer: Promise<Dispatcher.ResponseData>,
): Promise<Dispatcher.ResponseData | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_HTTP2_STREAM_ERROR') return undefined;
    throw error;
  }
}

const PANICKED: Answer = {
  code: 500,
  reason: 'InternalError',
  message: 'the API server panics',
  ...{ causes: [], warnings: [], annotations: {} },
  object: { apiVersion: '', kind: '', metadata: { name: '' } },
};

interface Body {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: Answer['causes'] };
}

/** Headers such as `299 - "text"`, with quotes and backslashes escaped. */
function warningsIn(header: string | string[] | undefined): string[] {
  // Headers are read as bytes; the API server writes UTF-8.
  const text = Buffer.from([header ?? []].flat().join(', '), 'latin1').toString('utf8');
  return [...text.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\(.)/g, '$1'),
  );
}
