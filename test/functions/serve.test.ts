// The functions as a process that serves admission, too.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { Agent, request } from 'undici';
import { eventually } from '../cluster/eventually.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';
import { listening } from '../helpers/functions-api-server.ts';
import { reviewBody, reviewRequest } from '../helpers/reviews.ts';

const CLI = join(import.meta.dirname, '../../functions/cli.ts');

/** Starts the process with a certificate and an API server without any object. */
async function start(t: ExecutionContext, certificate?: Certificate) {
  const api = await listening();
  const folder = await mkdtemp(join(tmpdir(), 'webapp-serve-'));
  const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'a.crt'), join(folder, 'a.key')];
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, api.kubeConfig.exportConfig());
  if (certificate) {
    await writeFile(TLS_CERT_FILE, certificate.cert);
    await writeFile(TLS_KEY_FILE, certificate.key);
  }
  const env = {
    ...{ PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', FUNCTIONS: 'admission' },
    ...{ ADMISSION_PORT: '0', TLS_CERT_FILE, TLS_KEY_FILE },
  };
  const child = spawn('node', [CLI, 'functions', '--kubeconfig', kubeconfig], { env });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await api[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  return child;
}

/** Returns the addresses by the message that tells of them. */
async function addressesOf({ stdout }: ChildProcess) {
  const told = new Map<string, string>();
  createInterface({ input: stdout as NonNullable<typeof stdout> }).on('line', (line) => {
    const { msg, address } = JSON.parse(line) as { msg: string; address?: string };
    if (address) told.set(msg, address);
  });
  const admission = await eventually('it listens', () => told.get('Admission is listening'));
  return { admission, http: told.get('Listening') ?? '' };
}

test('serve: admission beside the health checks, until it is asked to end', async (t) => {
  const certificate = makeCertificate();
  const child = await start(t, certificate);
  const { http, admission } = await addressesOf(child);
  const ready = await request(`${http}/readyz`);
  t.deepEqual(await ready.body.json(), { ready: true });
  const dispatcher = new Agent({ connect: { ca: certificate.cert } });
  t.teardown(() => dispatcher.destroy());
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', headers, body: reviewBody(reviewRequest()), dispatcher } as const;
  t.is((await request(`${admission}/admission`, call)).statusCode, 200);
  t.is((await request(`${http}/admission`, { ...call, dispatcher: new Agent() })).statusCode, 404);
  child.kill('SIGTERM');
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test('serve: it is not ready with a certificate that has ended', async (t) => {
  const child = await start(t, makeCertificate('old', Date.UTC(2026, 0, 2)));
  const { http } = await addressesOf(child);
  const { statusCode, body } = await request(`${http}/readyz`);
  t.is(statusCode, 503);
  const reason = 'the certificate ended 2026-01-02T00:00:00.000Z';
  t.deepEqual(await body.json(), { ready: false, reason });
});

test('serve: without a certificate it ends and says which files it looked for', async (t) => {
  const child = await start(t);
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  t.is(code, 3);
  t.regex(told, /^✗ no certificate in TLS_CERT_FILE \S+a\.crt and TLS_KEY_FILE \S+a\.key: ENOENT/);
});
