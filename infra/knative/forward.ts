import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** An address and port of TCP. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What kube-proxy does for a Service: passes connections on, from the one endpoint to the other; cuts them when disposed. */
export async function forward(from: Endpoint, to: Endpoint): Promise<Disposable> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to.port, to.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.once('close', () => {
        sockets.delete(one);
        // What is still on its way to it is sent first.
        other.destroySoon();
      });
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(from.port, from.host);
  await once(server, 'listening');
  server.unref();
  return {
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
