// The entry for AWS Lambda: API Gateway and function URLs call `http`, a schedule calls `tick`.
import type { Context as Invocation } from 'aws-lambda';
import serverless from 'serverless-http';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { loadKubeConfig } from './kube-config.ts';
import { createLog } from './log.ts';
import { onTick } from './on-tick.ts';

let started: Context | undefined;

/**
 * Made at the first call and kept for the next ones. A frozen function runs no timers, so retries are the tick's, and
 * metrics are pushed before the answer.
 */
function context(): Context {
  started ??= start();
  return started;
}

function start(): Context {
  const config = readConfig();
  const kubeConfig = config.standalone ? undefined : loadKubeConfig();
  return { ...createContext(config, kubeConfig, createLog(config.logLevel)), later: () => {} };
}

let handler: ReturnType<typeof serverless> | undefined;

/** Answers an HTTP event of API Gateway (payload 1.0 or 2.0) or of a function URL. */
export async function http(event: object, invocation: Invocation): Promise<object> {
  handler ??= serverless(createApp(context()));
  const answer = await handler(event, invocation);
  await context().pushgateway?.push();
  return answer;
}

/** Answers a schedule. A failure is thrown, so that Lambda counts it and calls again. */
export async function tick(): Promise<object> {
  const { status, body } = await onTick(context());
  await context().pushgateway?.push();
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}
