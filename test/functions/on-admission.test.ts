// Admission over HTTPS, as far as no cluster is needed.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { readConfig } from '../../functions/config.ts';
import { createContext } from '../../functions/context.ts';
import { createLog } from '../../functions/log.ts';
import { createAdmissionServer } from '../../functions/serve-admission.ts';
import { LABEL } from '../../gitops/webapp.ts';
import { webapp } from '../helpers/builders.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { hanging, listening, refusing, type Trouble } from '../helpers/functions-api-server.ts';
import { reviewBody, reviewRequest } from '../helpers/reviews.ts';

const FROM_GIT = reviewRequest({
  object: webapp({ metadata: { labels: { [LABEL.source]: 'team' } } }),
});

/** Starts admission for a cluster in trouble; returns how to call it. */
async function open(t: ExecutionContext, trouble: Trouble) {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-admission-'));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  const { cert, key } = makeCertificate();
  await writeFile(TLS_CERT_FILE, cert);
  await writeFile(TLS_KEY_FILE, key);
  const config = readConfig({ FUNCTIONS: 'admission', TLS_CERT_FILE, TLS_KEY_FILE });
  const context = createContext(config, trouble.kubeConfig, createLog('silent'));
  const { server } = await createAdmissionServer(context);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dispatcher = new Agent({ connect: { ca: cert } });
  t.teardown(async () => {
    await dispatcher.destroy();
    server.close();
    await trouble[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return async (body: Buffer, { type = 'application/json', path = '/admission' } = {}) => {
    const headers = { 'content-type': type };
    const url = `https://127.0.0.1:${port}${path}`;
    const answer = await request(url, { method: 'POST', headers, body, dispatcher });
    const json = (await answer.body.json()) as { message?: string; response?: object };
    return { ...json, status: answer.statusCode };
  };
}

test('admission: what belongs to no WebApp from Git is allowed without a question', async (t) => {
  const trouble = await listening();
  const send = await open(t, trouble);
  const { status, response } = await send(reviewBody(reviewRequest()));
  t.is(status, 200);
  t.deepEqual(response, { uid: reviewRequest().uid, allowed: true });
  t.deepEqual(trouble.asked, []);
});

test('admission: a body that is no review', async (t) => {
  const send = await open(t, await listening());
  const { status, message } = await send(Buffer.from('{}'));
  t.is(status, 400);
  t.regex(message ?? '', /^the AdmissionReview cannot be read: it must be AdmissionReview/);
});

test('admission: a content type that is not JSON', async (t) => {
  const send = await open(t, await listening());
  const body = reviewBody(reviewRequest());
  t.is((await send(body, { type: 'application/yaml' })).status, 415);
  t.is((await send(body, { type: 'application/json; charset=utf-8' })).status, 200);
});

test('admission: a body that is too large', async (t) => {
  const send = await open(t, await listening());
  t.is((await send(Buffer.alloc(7 * 1024 * 1024 + 1, 32))).status, 413);
});

test('admission: there is nothing else on its port', async (t) => {
  const send = await open(t, await listening());
  t.is((await send(Buffer.alloc(0), { path: '/events' })).status, 404);
});

for (const timeout of ['5', 'soon', '-1s', '0s']) {
  test(`admission: a timeout of ${timeout}`, async (t) => {
    const send = await open(t, await listening());
    const path = `/admission?timeout=${timeout}`;
    const { status, message } = await send(reviewBody(reviewRequest()), { path });
    t.is(status, 400);
    t.is(message, 'timeout must be a duration such as 5s');
  });
}

for (const timeout of ['1s', '0.5s', '500ms']) {
  test(`admission: it answers before ${timeout} are over, though the API server hangs`, async (t) => {
    const send = await open(t, await hanging());
    const start = performance.now();
    const path = `/admission?timeout=${timeout}`;
    const { status, message } = await send(reviewBody(FROM_GIT), { path });
    t.is(status, 503);
    t.regex(message ?? '', /^the policies cannot be read: no answer to GET .*policybundles\/team/);
    t.true(performance.now() - start < 10_000, 'long before the 30 s of a request without a limit');
  });
}

test('admission: an API server that refuses is an error, so that the failurePolicy decides', async (t) => {
  const send = await open(t, await refusing());
  const { status, message } = await send(reviewBody(FROM_GIT), { path: '/admission?timeout=10s' });
  t.is(status, 503);
  t.regex(message ?? '', /^the policies cannot be read: no answer to GET/);
});
