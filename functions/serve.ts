import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { createContext } from './context.ts';
import { type ClusterChoice, loadKubeConfig } from './kube-config.ts';
import { createLog } from './log.ts';
import { onShutdown } from './shutdown.ts';

/** Slower clients are cut off, so that none can hold a connection for nothing. */
const HEADERS_TIMEOUT_MS = 10_000;
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
  const server = createServer(createApp(context));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  const address = await listen(server, config);
  log.info({ address, serve: [...config.serve] }, 'Listening');
  onShutdown(async () => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    server.closeIdleConnections();
    await new Promise((done) => server.close(done));
    clearTimeout(cut);
  });
}

function listen(server: Server, { host, port }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      const bound = server.address() as AddressInfo;
      resolve(`http://${bound.address}:${bound.port}`);
    });
  });
}
