import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, logToStderr } from '../control-plane/progress.ts';
import { findGoProgram, type GoProgram } from '../go-program.ts';

/** What the manifests that Knative publishes are made from; every one of them names its program as its image. */
const EVENTING_MANIFESTS = ['core', 'brokers/mt-channel-broker', 'channels/in-memory-channel'];
const SERVICE_KIND = 'config/core/300-resources/service.yaml';

const EVENTING: GoProgram = {
  name: 'knative-eventing',
  module: 'knative.dev/eventing',
  version: 'v0.50.0',
  commands: [
    'cmd/apiserver_receive_adapter',
    'cmd/mtping',
    'cmd/broker/ingress',
    'cmd/broker/filter',
    'cmd/in_memory/channel_dispatcher',
    'cmd/in_memory/channel_controller',
    'cmd/mtchannel_broker',
    'cmd/controller',
  ],
  takes: 'about six minutes',
  furnish: async (folder, source) => {
    for (const name of EVENTING_MANIFESTS)
      await cp(join(source, 'config', name), join(folder, name), { recursive: true });
  },
};

const SERVING: GoProgram = {
  name: 'knative-queue-proxy',
  module: 'knative.dev/serving',
  version: 'v0.50.0',
  package: 'cmd/queue',
  takes: 'about a minute',
  furnish: (folder, source) => cp(join(source, SERVICE_KIND), join(folder, 'service.yaml')),
};

/** Where Knative lies on this machine. */
export interface KnativePrograms {
  /** Folder of Eventing's programs, and below it of its manifests as they are in its repository's `config`. */
  readonly eventing: string;
  readonly queueProxy: string;
  /** The CRD of Knative Services. */
  readonly serviceKind: string;
}

/** Returns Knative's programs from the cache, or builds them there first (needs Go). */
export async function findKnative(log: Log = logToStderr): Promise<KnativePrograms> {
  const context = { log, signal: new AbortController().signal };
  const eventing = await findGoProgram(EVENTING, context);
  const serving = await findGoProgram(SERVING, context);
  return {
    eventing,
    queueProxy: join(serving, SERVING.name),
    serviceKind: join(serving, 'service.yaml'),
  };
}
