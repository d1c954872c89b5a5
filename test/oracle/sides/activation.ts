import { load } from 'js-yaml';
import { CONFIG_MAP, POLICY, POLICY_BINDING } from '../../../gitops/kinds.ts';
import type { KubeObject } from '../../../gitops/objects.ts';
import { eventually } from '../../cluster/eventually.ts';
import type { ApiServer } from './api-server.ts';

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
    const name = `sentinel-${process.pid}-${sentinels++}`;
    const all = [...objects, ...sentinelOf(name)];
    await using undo = new AsyncDisposableStack();
    const activation = undo.use(new Activation(server, all));
    for (const object of all) await write(object, server);
    const { apiVersion, kind } = CONFIG_MAP;
    const asked: KubeObject = { apiVersion, kind, metadata: { name, namespace: 'default' } };
    await eventually('the policies are active', async () => {
      const { message } = await server.dryRun(CONFIG_MAP, asked);
      return message.includes(`'${name}'`);
    });
    undo.move();
    return activation;
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

function sentinelOf(name: string): KubeObject[] {
  const { apiVersion } = POLICY;
  const policy = load(`
    matchConstraints:
      resourceRules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}
    matchConditions:
      - {name: mine, expression: object.metadata.name == '${name}'}
    validations:
      - expression: "false"
  `);
  const binding = { policyName: name, validationActions: ['Deny'] };
  return [
    { apiVersion, kind: POLICY.kind, metadata: { name }, spec: policy },
    { apiVersion, kind: POLICY_BINDING.kind, metadata: { name }, spec: binding },
  ] as KubeObject[];
}
