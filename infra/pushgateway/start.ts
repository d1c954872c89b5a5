// A Pushgateway on loopback that keeps nothing on disk, for as long as its caller lives.
import { type Log, logToStderr } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { type LoopbackServer, startServer } from '../loopback-server.ts';
import { findPushgateway } from './binary.ts';

export type RunningPushgateway = LoopbackServer;

/** Starts one and returns when it answers; on a free port, or on `port` to take the place of another. */
export async function startPushgateway(
  port?: number,
  log: Log = logToStderr,
): Promise<RunningPushgateway> {
  const program = await findPushgateway({ log, signal: new AbortController().signal });
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const args = [`--web.listen-address=${address}`, '--log.level=warn'];
  return startServer({ program, args, url: `http://${address}`, readyPath: '/-/ready' });
}
