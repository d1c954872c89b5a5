// HTTPS for the webhook, with a certificate that cert-manager renews under our feet.
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import type { Express } from 'express';
import type { Log } from '../gitops/log.ts';

/** A renewal writes several files; they are read once it is quiet. */
const SETTLE_MS = 500;

export interface TlsOptions {
  /** Folder with tls.crt and tls.key, as a Secret of type kubernetes.io/tls is mounted. */
  readonly folder: string;
  readonly log: Log;
}

/** Returns a server that takes up a renewed certificate without being restarted. Fails when there is none yet. */
export async function createTlsServer(app: Express, { folder, log }: TlsOptions): Promise<Server> {
  const server = createServer({ ...(await certificateIn(folder)), minVersion: 'TLSv1.2' }, app);
  let timer: NodeJS.Timeout | undefined;
  const reload = async () => {
    // Half a renewal is no certificate; the old one serves on, and the next change comes.
    const certificate = await certificateIn(folder).catch(() => undefined);
    if (certificate === undefined) return;
    server.setSecureContext(certificate);
    log.info({ folder }, 'Certificate was read again');
  };
  // Kubernetes swaps a symlink in the folder, so that the folder is what changes.
  const watcher = watch(folder, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload().catch(() => {}), SETTLE_MS).unref();
  }).unref();
  server.once('close', () => watcher.close());
  return server;
}

async function certificateIn(folder: string): Promise<{ cert: Buffer; key: Buffer }> {
  const [cert, key] = await Promise.all(
    ['tls.crt', 'tls.key'].map((name) => readFile(join(folder, name))),
  );
  return { cert: cert as Buffer, key: key as Buffer };
}
