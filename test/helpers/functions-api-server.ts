// Stand-ins for an API server that is not well.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { listen } from './listen.ts';

/** Returns credentials for a cluster at that address. */
export function kubeConfigFor(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server, skipTLSVerify: true },
    { name: 'u', token: 'none' },
  );
  return config;
}

/** An API server that is away, or in trouble. */
export interface Trouble extends AsyncDisposable {
  readonly kubeConfig: KubeConfig;
}

/** Nobody listens: connections are refused. */
export async function refusing(): Promise<Trouble> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const kubeConfig = kubeConfigFor(`https://127.0.0.1:${port}`);
  return { kubeConfig, [Symbol.asyncDispose]: async () => {} };
}

/** Connections are taken, and nothing is ever said. */
export async function hanging(): Promise<Trouble> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dispose = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const kubeConfig = kubeConfigFor(`https://127.0.0.1:${port}`);
  return { kubeConfig, [Symbol.asyncDispose]: dispose };
}

/** Every request is answered with 503, like an API server that cannot reach etcd. */
export async function failing(): Promise<Trouble> {
  const server = await listen((_request, response) => {
    const status = { kind: 'Status', reason: 'ServiceUnavailable', message: 'etcd is away' };
    response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(status));
  });
  const kubeConfig = kubeConfigFor(server.url);
  return { kubeConfig, [Symbol.asyncDispose]: async () => server[Symbol.dispose]() };
}

/** An API server without any object that remembers what it was asked for. */
export async function listening(): Promise<Trouble & { readonly asked: string[] }> {
  const asked: string[] = [];
  const server = await listen(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ items: [], metadata: { resourceVersion: '1' } }));
  });
  const kubeConfig = kubeConfigFor(server.url);
  return { asked, kubeConfig, [Symbol.asyncDispose]: async () => server[Symbol.dispose]() };
}
