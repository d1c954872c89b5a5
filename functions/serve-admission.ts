import express, { type Express } from 'express';
import { send } from './answer.ts';
import { bytes, notFound, refuse } from './app.ts';
import type { Context } from './context.ts';
import { onAdmission } from './on-admission.ts';
import { createTlsServer, type TlsServer } from './tls.ts';

/** Largest review, in bytes: two objects of 3 MiB, the most that the API server takes, and what is said of them. */
const REVIEW_LIMIT = 7 * 1024 * 1024;

/** Returns the server for the API server, which alone calls it; it does not listen yet. */
export function createAdmissionServer(context: Context): Promise<TlsServer> {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile } = context.config;
  return createTlsServer(createAdmissionApp(context), { certFile, keyFile, log: context.log });
}

function createAdmissionApp(context: Context): Express {
  const app = express();
  app.disable('x-powered-by');
  const raw = express.raw({ type: () => true, limit: REVIEW_LIMIT, inflate: false });
  app.post('/admission', raw, async ({ headers, query, body }, response) => {
    const { timeout } = query;
    send(response, await onAdmission({ headers, timeout, body: bytes(body) }, context));
  });
  app.use(notFound);
  app.use(refuse(context));
  return app;
}
