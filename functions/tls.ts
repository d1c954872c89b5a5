// HTTPS for the webhook, with a certificate that cert-manager renews under our feet.
import { X509Certificate } from 'node:crypto';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { dirname } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Express } from 'express';
import { messageOf } from '../gitops/errors.ts';
import type { Log } from '../gitops/log.ts';

/** A renewal writes several files; they are read once it is quiet. */
const SETTLE_MS = 500;
/** Some file systems tell of no change. */
const LOOK_MS = 60_000;

/** Longest time that a caller may take to agree on a connection. */
const HANDSHAKE_MS = 10_000;

export interface TlsOptions {
  /** PEM; the server's certificate comes first, as in a Secret of type kubernetes.io/tls. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly log: Log;
}

export interface TlsServer {
  readonly server: Server;
  /** Returns why callers cannot be served, at a time in milliseconds since the epoch; undefined where they can. */
  problem(now: number): string | undefined;
}

/** Returns a server that takes up a renewed certificate without being restarted. Fails when there is none yet. */
export async function createTlsServer(app: Express, options: TlsOptions): Promise<TlsServer> {
  const { log } = options;
  let current = await readPair(options);
  const server = createServer(
    { ...current, minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_MS },
    app,
  );
  const reload = async () => {
    const next = await readPair(options);
    if (next.cert.equals(current.cert) && next.key.equals(current.key)) return;
    server.setSecureContext({ ...next, minVersion: 'TLSv1.2' });
    current = next;
    log.info({ until: next.until.toISOString() }, 'Certificate was read again');
  };
  // Half a renewal is no certificate; the old one serves on, and the next change comes.
  const stop = onChange(options, () =>
    reload().catch((err) => log.warn({ err }, 'Certificate cannot be used; the last one stays')),
  );
  server.once('close', stop);
  return { server, problem: (now) => problemOf(server, current, now) };
}

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly until: Date;
}

/** Throws where a file is missing or the two do not belong together. */
async function readPair({ certFile, keyFile }: TlsOptions): Promise<Pair> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile), readFile(keyFile)]);
    createSecureContext({ cert, key });
    return { cert, key, until: new X509Certificate(cert).validToDate };
  } catch (cause) {
    const message = `no certificate in TLS_CERT_FILE ${certFile} and TLS_KEY_FILE ${keyFile}: ${messageOf(cause)}`;
    throw new Error(message, { cause });
  }
}

/** Calls back after changes of the files; returns what ends that. Kubernetes swaps a symlink beside them. */
function onChange({ certFile, keyFile, log }: TlsOptions, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(changed, SETTLE_MS).unref();
  };
  const folders = new Set([certFile, keyFile].map((file) => dirname(file)));
  const watchers = [...folders].map((folder) =>
    watch(folder, soon)
      .on('error', (err) => log.warn({ err }, 'Certificate is looked at once a minute only'))
      .unref(),
  );
  const look = setInterval(changed, LOOK_MS).unref();
  return () => {
    for (const watcher of watchers) watcher.close();
    clearInterval(look);
    clearTimeout(timer);
  };
}

function problemOf({ listening }: Server, { until }: Pair, now: number): string | undefined {
  if (!listening) return 'admission is not listening yet';
  return until.getTime() <= now ? `the certificate ended ${until.toISOString()}` : undefined;
}
