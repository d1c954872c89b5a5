import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../control-plane/progress.ts';
import { findGoFolder, type GoProgram } from '../go-program.ts';

/** What the manifests that Knative publishes are made from; every one of them names its program as its image. */
const EVENTING_MANIFESTS = ['core', 'brokers/mt-channel-broker', 'channels/in-memory-channel'];

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
    'cmd/webhook',
  ],
  takes: 'about six minutes',
  furnish: async (folder, source) => {
    for (const name of EVENTING_MANIFESTS)
      await cp(join(source, 'config', name), join(folder, name), { recursive: true });
  },
};

const SERVING: GoProgram = {
  name: 'knative-serving',
  module: 'knative.dev/serving',
  version: 'v0.50.0',
  commands: ['cmd/queue', 'cmd/webhook'],
  takes: 'about a minute',
  furnish: (folder, source) =>
    cp(join(source, 'config', 'core'), join(folder, 'core'), { recursive: true }),
};

/** Folders of programs, and below them of manifests as they are in the repository's `config`. */
export interface KnativePrograms {
  readonly eventing: string;
  readonly serving: string;
}

/** Returns Knative's programs from the cache, or builds them there first (needs Go). */
export async function findKnative(log?: Log): Promise<KnativePrograms> {
  return { eventing: await findGoFolder(EVENTING, log), serving: await findGoFolder(SERVING, log) };
}

/** Returns the CRD of Knative Services, which needs Serving's programs alone. */
export async function findServiceKind(log?: Log): Promise<string> {
  return join(await findGoFolder(SERVING, log), 'core', '300-resources', 'service.yaml');
}
