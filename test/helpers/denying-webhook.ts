// A validating webhook that denies what it is asked about, for as long as a test wants it to.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Kind } from '../../gitops/kinds.ts';
import { makeCertificate } from './certificate.ts';
import type { TestCluster } from './control-plane.ts';
import { askOf } from './webhooks.ts';

/** Status of a denial; what the webhook leaves out the API server fills in. */
export interface Denial {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** A webhook over TLS; disposing ends it. */
export interface DenyingWebhook extends AsyncDisposable {
  /** Says what it answers from now on; undefined allows. */
  answer(denial: Denial | undefined): void;
  /** Returns how often it was asked since the last call. */
  asked(): number;
}

/** Has the API server ask a webhook, which allows at first, about every write of a kind in the namespace. */
export async function denyingWebhook(
  of: Kind,
  cluster: TestCluster,
  namespace: string,
): Promise<DenyingWebhook> {
  let [status, count] = [undefined as Denial | undefined, 0];
  const certificate = makeCertificate();
  const server = createServer(certificate, async (request, response) => {
    count++;
    const { uid } = (JSON.parse(await text(request)) as { request: { uid: string } }).request;
    const verdict = { uid, allowed: status === undefined, ...(status && { status }) };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...REVIEW, response: verdict }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const caBundle = Buffer.from(certificate.cert).toString('base64');
  const made = await askOf(of, cluster, { namespaces: [namespace], asked: { url, caBundle } });
  return {
    answer: (denial) => {
      status = denial;
    },
    asked: () => {
      const before = count;
      count = 0;
      return before;
    },
    [Symbol.asyncDispose]: async () => {
      await made[Symbol.asyncDispose]();
      server.close();
      server.closeAllConnections();
    },
  };
}

const REVIEW = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
