// The real kube-apiserver as the oracle asks it: dry runs, with warnings and what the audit log says of them.
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { request } from 'undici';
import { Connector } from '../../gitops/io/connection.ts';
import { type Kind, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { parseJson } from '../../policies/cel/values/json.ts';

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

interface Sent {
  readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
  readonly dryRun?: boolean;
}

const AUDIT_WAIT_MS = 10_000;

/** One control plane with an audit log. */
export class ApiServer implements AsyncDisposable {
  readonly #connector: Connector;
  readonly #auditLog: string;
  readonly #annotations = new Map<string, Record<string, string>>();
  #offset = 0;
  #rest = '';

  constructor({ kubeconfig, auditLog }: { kubeconfig: string; auditLog: string }) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.#connector = new Connector(config);
    this.#auditLog = auditLog;
  }

  create(of: Kind, object: KubeObject, dryRun = false): Promise<Answer> {
    return this.#send(resourcePath(of, object.metadata.namespace), object, {
      method: 'POST',
      dryRun,
    });
  }

  /** A dry run; nothing is stored. */
  update(of: Kind, object: KubeObject): Promise<Answer> {
    const { namespace, name } = object.metadata;
    return this.#send(resourcePath(of, namespace, name), object, { method: 'PUT', dryRun: true });
  }

  delete(of: Kind, { metadata }: KubeObject): Promise<Answer> {
    const path = resourcePath(of, metadata.namespace, metadata.name);
    return this.#send(path, undefined, { method: 'DELETE' });
  }

  get(of: Kind, name: string, namespace?: string): Promise<Answer> {
    return this.#send(resourcePath(of, namespace, name), undefined, { method: 'GET' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connector.close();
  }

  async #send(path: string, object: object | undefined, { method, dryRun }: Sent): Promise<Answer> {
    const { server, headers, dispatcher } = await this.#connector.connect();
    const auditId = randomUUID();
    const query = dryRun ? `?dryRun=All&fieldManager=${MANAGER}` : '';
    const answer = await request(`${server}${path}${query}`, {
      method,
      dispatcher,
      headers: { ...headers, 'audit-id': auditId, 'content-type': 'application/json' },
      body: object === undefined ? null : JSON.stringify(object),
    });
    const body = parseJson(await answer.body.text()) as Body;
    return {
      code: answer.statusCode,
      reason: body.reason ?? '',
      message: body.message ?? '',
      causes: body.details?.causes ?? [],
      warnings: warningsIn(answer.headers.warning),
      annotations: dryRun ? await this.#audited(auditId) : {},
      object: body as unknown as KubeObject,
    };
  }

  async #audited(id: string): Promise<Record<string, string>> {
    const end = Date.now() + AUDIT_WAIT_MS;
    for (;;) {
      const found = this.#annotations.get(id);
      if (found) {
        this.#annotations.delete(id);
        return found;
      }
      if (Date.now() > end) throw new Error('the audit log does not tell of a request');
      await sleep(2);
      await this.#readAudit();
    }
  }

  async #readAudit(): Promise<void> {
    await using file = await open(this.#auditLog);
    const { size } = await file.stat();
    if (size === this.#offset) return;
    const { buffer, bytesRead } = await file.read({
      buffer: Buffer.alloc(size - this.#offset),
      position: this.#offset,
    });
    this.#offset += bytesRead;
    const lines = (this.#rest + buffer.toString('utf8', 0, bytesRead)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.includes('dryRun=All'))) {
      const { auditID, annotations = {} } = JSON.parse(line) as AuditEvent;
      this.#annotations.set(auditID, annotations);
    }
  }
}

interface Body {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: Answer['causes'] };
}

interface AuditEvent {
  readonly auditID: string;
  readonly annotations?: Record<string, string>;
}

/** Headers such as `299 - "text"`, with quotes and backslashes escaped. */
function warningsIn(header: string | string[] | undefined): string[] {
  const text = [header ?? []].flat().join(', ');
  return [...text.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) =>
    quoted.replace(/\\(.)/g, '$1'),
  );
}
