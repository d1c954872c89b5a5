import { CONFIG_MAP, POLICY, POLICY_BINDING } from '../../gitops/kinds.ts';
import type { KubeObject } from '../../gitops/objects.ts';
import { eventually } from '../cluster/eventually.ts';
import type { ApiServer } from './api-server.ts';

/** Where the sentinels look for their ConfigMap. */
const NAMESPACE = 'default';

let sentinels = 0;

/**
 * Policies and bindings in force. The API server takes up new ones within about a second, all that were written before
 * a certain one together with it: a policy that denies one ConfigMap is written last, and asked until it denies.
 */
export class Activation implements AsyncDisposable {
  readonly #server: ApiServer;
  readonly #objects: readonly KubeObject[];

  private constructor(server: ApiServer, objects: readonly KubeObject[]) {
    this.#server = server;
    this.#objects = objects;
  }

  /** Writes the objects and returns once they are in force, and those of earlier activations no more. */
  static async of(objects: readonly KubeObject[], server: ApiServer): Promise<Activation> {
    const name = `sentinel-${sentinels++}`;
    for (const object of objects) await write(object, server);
    const sentinel = sentinelOf(name);
    for (const object of sentinel) await write(object, server);
    await eventually('the policies are active', async () => {
      const { message } = await server.create(CONFIG_MAP, configMap(name), true);
      return message.includes(`'${name}'`);
    });
    return new Activation(server, [...objects, ...sentinel]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const object of this.#objects) await this.#server.delete(kindOf(object), object);
  }
}

async function write(object: KubeObject, server: ApiServer): Promise<void> {
  const { code, message } = await server.create(kindOf(object), object);
  if (code >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${message}`);
}

function kindOf({ kind }: KubeObject) {
  return kind === POLICY.kind ? POLICY : POLICY_BINDING;
}

function configMap(name: string): KubeObject {
  const { apiVersion, kind } = CONFIG_MAP;
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE } };
}

function sentinelOf(name: string): KubeObject[] {
  const { apiVersion } = POLICY;
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['configmaps'],
  };
  const condition = { name: 'mine', expression: `object.metadata.name == '${name}'` };
  const policy = {
    apiVersion,
    kind: POLICY.kind,
    metadata: { name },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      matchConditions: [condition],
      validations: [{ expression: 'false' }],
    },
  };
  const spec = { policyName: name, validationActions: ['Deny'] };
  return [policy, { apiVersion, kind: POLICY_BINDING.kind, metadata: { name }, spec }];
}
