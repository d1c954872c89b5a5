import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import express from 'express';
import { createTlsServer, type TlsServer } from '../../functions/tls.ts';
import type { Log } from '../../gitops/log.ts';
import { eventually } from '../cluster/eventually.ts';
import { shownAt } from '../helpers/admission-server.ts';
import { type Certificate, makeCertificate } from '../helpers/certificate.ts';

/** A Secret as the kubelet mounts it: the files are links through ..data, which is swapped as a whole. */
class Mount {
  readonly folder: string;
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  get files() {
    return { certFile: join(this.folder, 'tls.crt'), keyFile: join(this.folder, 'tls.key') };
  }

  async swap({ cert, key }: Certificate): Promise<void> {
    const version = `..version-${this.#count++}`;
    await mkdir(join(this.folder, version));
    await writeFile(join(this.folder, version, 'tls.crt'), cert);
    await writeFile(join(this.folder, version, 'tls.key'), key);
    await symlink(version, join(this.folder, '..data_tmp'));
    await rename(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
    if (this.#count > 1) return;
    for (const name of ['tls.crt', 'tls.key'])
      await symlink(`..data/${name}`, join(this.folder, name));
  }
}

interface Told {
  readonly log: Log;
  readonly messages: string[];
}

function listeningLog(): Told {
  const messages: string[] = [];
  const tell = (_: object, message: string) => void messages.push(message);
  const log: Log = { info: tell, warn: tell, error: tell, child: () => log };
  return { log, messages };
}

async function mount(t: ExecutionContext, certificate?: Certificate): Promise<Mount> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-tls-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const made = new Mount(folder);
  if (certificate) await made.swap(certificate);
  return made;
}

async function serve(t: ExecutionContext, at: Mount, { log }: Told): Promise<TlsServer> {
  const made = await createTlsServer(express(), { ...at.files, log });
  made.server.listen(0, '127.0.0.1');
  await once(made.server, 'listening');
  t.teardown(() => made.server.close());
  return made;
}

const shown = ({ server }: TlsServer) => shownAt((server.address() as AddressInfo).port);

test('tls: a renewed certificate is shown without a restart', async (t) => {
  const at = await mount(t, makeCertificate('first'));
  const told = listeningLog();
  const made = await serve(t, at, told);
  t.is(await shown(made), 'first');
  await at.swap(makeCertificate('second'));
  await eventually('the second certificate is shown', async () => (await shown(made)) === 'second');
  t.deepEqual(told.messages, ['Certificate was read again']);
});

test('tls: half a renewal changes nothing, and the rest of it does', async (t) => {
  const [first, second] = [makeCertificate('first'), makeCertificate('second')];
  const at = await mount(t, first);
  const told = listeningLog();
  const made = await serve(t, at, told);
  await at.swap({ cert: second.cert, key: first.key });
  await eventually('it was tried', () => told.messages.length > 0);
  t.deepEqual(told.messages, ['Certificate cannot be used; the last one stays']);
  t.is(await shown(made), 'first');
  await at.swap(second);
  await eventually('the second certificate is shown', async () => (await shown(made)) === 'second');
});

test('tls: no certificate is told with both files', async (t) => {
  const at = await mount(t);
  const error = await t.throwsAsync(createTlsServer(express(), { ...at.files, ...listeningLog() }));
  const { certFile, keyFile } = at.files;
  t.true(
    error?.message.startsWith(
      `no certificate in TLS_CERT_FILE ${certFile} and TLS_KEY_FILE ${keyFile}: `,
    ),
  );
});

test('tls: it says what keeps callers away', async (t) => {
  const until = Date.UTC(2026, 0, 2);
  const at = await mount(t, makeCertificate('first', until));
  const made = await createTlsServer(express(), { ...at.files, ...listeningLog() });
  t.is(made.problem(0), 'admission is not listening yet');
  made.server.listen(0, '127.0.0.1');
  await once(made.server, 'listening');
  t.teardown(() => made.server.close());
  t.is(made.problem(until - 1), undefined);
  t.is(made.problem(until), 'the certificate ended 2026-01-02T00:00:00.000Z');
});
