import { createServer, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createContext } from './context.ts';
import { type ClusterChoice, loadKubeConfig } from './kube-config.ts';
import { createLog } from './log.ts';
import { createAdmissionServer } from './serve-admission.ts';
import { onShutdown } from './shutdown.ts';
import { startTracing } from './telemetry/start-tracing.ts';

/** Slower clients are cut off, so that none can hold a connection for nothing. */
const HEADERS_TIMEOUT_MS = 10_000;
const BODY_TIMEOUT_MS = 20_000;
/** How often it is looked who is too slow: half a minute unless told. */
const CHECK_MS = 1_000;
/** Each may hold a body of several MiB in memory. */
const MAX_CONNECTIONS = 200;
const DRAIN_MS = 10_000;

/** Serves the functions until the process is asked to end, then lets the requests under way finish. */
export async function serveFunctions(choice: ClusterChoice): Promise<void> {
  const config = readConfig();
  const log = createLog(config.logLevel);
  const context = createContext(
    config,
    config.standalone ? undefined : loadKubeConfig(choice),
    log,
  );
  await startTracing(context);
  const admission = config.serve.has('admission')
    ? await createAdmissionServer(context)
    : undefined;
  const server = createServer(
    { connectionsCheckingInterval: CHECK_MS },
    createApp(context, admission?.problem),
  );
  context.pushgateway?.keepUp();
  const { host, port, admissionPort } = config;
  const address = await listen(server, host, port);
  log.info({ address, serve: [...config.serve] }, 'Listening');
  if (admission) {
    const { server: secure } = admission;
    log.info({ address: await listen(secure, host, admissionPort) }, 'Admission is listening');
  }
  onShutdown(async () => {
    await Promise.all([server, admission?.server].map(drain));
    await Promise.all([context.pushgateway?.close(), context.telemetry.close()]);
  });
}

/** Lets the requests under way finish, and cuts those that do not. */
async function drain(server: Server | TlsServer | undefined): Promise<void> {
  if (server === undefined) return;
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  server.closeIdleConnections();
  await new Promise((done) => server.close(done));
  clearTimeout(cut);
}

/** Returns the address that the server listens on. */
function listen(server: Server | TlsServer, host: string, port: number): Promise<string> {
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = BODY_TIMEOUT_MS;
  server.maxConnections = MAX_CONNECTIONS;
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      const bound = server.address() as AddressInfo;
      const scheme = 'setSecureContext' in server ? 'https' : 'http';
      resolve(`${scheme}://${bound.address}:${bound.port}`);
    });
  });
}
