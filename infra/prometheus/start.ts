// A Prometheus on loopback that forgets everything when it ends, for as long as its caller lives.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { freePort } from '../free-port.ts';
import { findGoProgram } from '../go-program.ts';
import { type LoopbackServer, startServer } from '../loopback-server.ts';
import { PROMETHEUS } from './programs.ts';

/** Starts one with a configuration (YAML, or JSON, which is YAML, too) and returns when it answers. */
export async function startPrometheus(config: string, log?: Log): Promise<LoopbackServer> {
  const program = await findGoProgram(PROMETHEUS, log);
  const folder = await mkdtemp(join(tmpdir(), 'webapp-prometheus-'));
  const file = join(folder, 'prometheus.yaml');
  await writeFile(file, config);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${file}`,
    `--web.listen-address=${address}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--log.level=warn',
  ];
  const url = `http://${address}`;
  const server = await startServer({ program, args, url, readyPath: '/-/ready' });
  const stop = async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, [Symbol.asyncDispose]: stop };
}
