// A Pushgateway on loopback that keeps nothing on disk, for as long as its caller lives.
import type { Log } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';
import { type LoopbackServer, startServer } from '../loopback-server.ts';

const PUSHGATEWAY: GoProgram = {
  name: 'pushgateway',
  module: 'github.com/prometheus/pushgateway',
  version: 'v1.11.1',
  versionVariable: 'github.com/prometheus/common/version.Version',
  takes: 'about a minute',
};

export type RunningPushgateway = LoopbackServer;

/** Starts one and returns when it answers; on a free port, or on `port` to take the place of another. */
export async function startPushgateway(port?: number, log?: Log): Promise<RunningPushgateway> {
  const program = await findGoProgram(PUSHGATEWAY, log);
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const args = [`--web.listen-address=${address}`, '--log.level=warn'];
  return startServer({ program, args, url: `http://${address}`, readyPath: '/-/ready' });
}
