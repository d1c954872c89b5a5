import type { KubeConfig } from '@kubernetes/client-node';
import serverless from 'serverless-http';
import { createApp } from '../app.ts';
import { type Environment, environment, readConfig } from '../config.ts';
import { type Context, createContext } from '../context.ts';
import { loadKubeConfig } from '../kube-config.ts';
import { createLog } from '../log.ts';
import { startTracing } from '../telemetry/start-tracing.ts';
import { awsAccess } from './access.ts';
import { eksCluster } from './eks-cluster.ts';
import { resolveParameters } from './parameters.ts';
import { sqsSender, VisitQueue } from './visit-queue.ts';

/** A started instance of the Lambda. */
export interface Instance {
  readonly context: Context;
  readonly serve: ReturnType<typeof serverless>;
  readonly queue: VisitQueue | undefined;
  /** To be awaited before each answer: after it the function is frozen. */
  settle(): Promise<void>;
}

/** Starts an instance as its environment says. */
export async function startInstance(): Promise<Instance> {
  const resolved = await resolveParameters(environment, () => awsAccess(environment));
  const config = readConfig(resolved);
  const log = createLog(config.logLevel);
  const kubeConfig = config.standalone ? undefined : (eksCluster(resolved) ?? loadKubeConfig());
  const queue = queueOf(resolved, kubeConfig, log);
  const context = withQueue(createContext(config, kubeConfig, log), queue);
  await startTracing(context);
  return {
    ...{ context, queue },
    serve: serverless(createApp(context)),
    settle: async () => {
      const { pushgateway, telemetry } = context;
      await Promise.all([queue?.settled(), pushgateway?.push(), telemetry.flush()]);
    },
  };
}

function queueOf(
  resolved: Environment,
  kubeConfig: KubeConfig | undefined,
  log: Context['log'],
): VisitQueue | undefined {
  const url = resolved.VISIT_QUEUE_URL?.trim();
  if (!url) return undefined;
  const source = kubeConfig?.getCurrentCluster()?.server ?? '';
  return new VisitQueue(
    sqsSender(url, () => awsAccess(resolved)),
    source,
    log,
  );
}

/** Timers of a frozen function do not run. Without a queue all that is left for later is the tick's. */
function withQueue(context: Context, queue: VisitQueue | undefined): Context {
  if (queue === undefined) return { ...context, later: () => {} };
  const { metrics, sink } = context;
  return {
    ...context,
    sink: sink ?? ((due, start) => queue.send(due, start)),
    later: ({ due, isRetry }, afterMs) => {
      if (due === undefined) return;
      if (isRetry) metrics.visits.retried(due.of);
      queue.later(due, afterMs);
    },
  };
}
