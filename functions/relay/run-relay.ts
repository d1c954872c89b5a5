import { environment, readConfig } from '../config.ts';
import { type ClusterChoice, loadKubeConfig } from '../kube-config.ts';
import { createLog } from '../log.ts';
import { onShutdown } from '../shutdown.ts';
import { relay } from './relay.ts';

/** Which cluster to watch, where to post, and where the election Lease lies. */
export interface RelayChoice extends ClusterChoice {
  readonly sink: string;
  readonly namespace: string;
}

/** Relays until the process is asked to end, and gives the Lease up for the next leader. */
export async function runRelay({ sink, namespace, ...choice }: RelayChoice): Promise<void> {
  if (!/^https?:\/\//.test(sink))
    throw new Error(`--sink must be an http or https address, not ${sink}`);
  // The relay serves nothing, so it needs no secret for webhooks.
  const { eventToken, election, tickMs, timeoutMs, logLevel } = readConfig({
    ...environment,
    FUNCTIONS: 'events',
  });
  const end = new AbortController();
  const running = relay(
    {
      kubeConfig: loadKubeConfig(choice),
      sinkUrl: sink,
      token: eventToken,
      lease: { namespace, name: 'webapp-relay' },
      election,
      tickMs,
      timeoutMs,
      log: createLog(logLevel),
    },
    end.signal,
  );
  onShutdown(() => {
    end.abort();
    return running;
  });
  await running;
}
