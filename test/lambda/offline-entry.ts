// serverless-offline: API Gateway and Lambda's own API on loopback, each function in a worker of its own.
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../infra/free-port.ts';
import { overHttp } from '../helpers/functions-entries.ts';
import { startChild } from './child.ts';
import { type Deployed, sqsAnswer, sqsEvent } from './deployed.ts';
import type { Service } from './service.ts';

/** Starts it on the service, in this environment; API Gateway has this URL. */
export async function openOffline(
  { folder }: Service,
  env: Readonly<Record<string, string>>,
): Promise<Deployed & { readonly url: string }> {
  const [httpPort, lambdaPort] = [await freePort(), await freePort()];
  const program = join(folder, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
  const child = await startChild({
    command: [process.execPath, program, 'offline', ...ports],
    env: { ...env, HOME: folder },
    ready: /Server ready: (\S+)/,
    options: { cwd: folder },
    readyMs: 180_000,
  });
  const invoke = async (name: string, event: object): Promise<unknown> => {
    const path = `/2015-03-31/functions/webapp-operator-prod-${name}/invocations`;
    const answer = await fetch(`http://127.0.0.1:${lambdaPort}${path}`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    return answer.json();
  };
  const url = `http://127.0.0.1:${httpPort}`;
  return {
    url,
    send: overHttp(url),
    tick: async () => (await invoke('tick', {})) as Record<string, unknown>,
    visit: async (text) => sqsAnswer(await invoke('visits', sqsEvent(text))),
    [Symbol.asyncDispose]: async () => {
      child.process.kill('SIGKILL');
      if (child.process.exitCode === null) await once(child.process, 'exit');
    },
  };
}
