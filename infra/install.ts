// Puts the CRDs and the rights into a cluster, as `kubectl apply -f infra/crd -f infra/rbac` would.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { loadAll } from 'js-yaml';
import { ApiError } from '../gitops/api-error.ts';
import { Api } from '../gitops/io/api.ts';
import { ApiCluster } from '../gitops/io/cluster.ts';
import { Connector } from '../gitops/io/connection.ts';
import {
  type Kind,
  NAMESPACE,
  POLICY_BUNDLE,
  resourcePath,
  WEBAPP,
  WEBAPP_SOURCE,
} from '../gitops/kinds.ts';
import type { KubeObject, ObjectKey } from '../gitops/objects.ts';

const MANAGER = 'webapp-install';
const CRD_WAIT_MS = 30_000;

export const SYSTEM_NAMESPACE = 'webapp-operator-system';
export const SERVICE_ACCOUNTS = {
  functions: 'webapp-functions',
  relay: 'webapp-relay',
  admission: 'webapp-admission',
} as const;

/** ClusterRoles of the functions, one for each; their ServiceAccount is bound to all. */
export const FUNCTION_ROLES = [
  'webapp-webapps',
  'webapp-sources',
  'webapp-pushes',
  'webapp-reviews',
  'webapp-tick',
];

/** What may be asked of a token; the API server chooses the rest. */
export interface TokenSpec {
  readonly audiences?: readonly string[];
  readonly expirationSeconds?: number;
}

/** A cluster seen by its administrator: what installing needs beside reading and writing objects. */
export class Installation {
  readonly cluster: ApiCluster;
  readonly api: Api;
  readonly #connector: Connector;

  constructor(admin: KubeConfig) {
    this.#connector = new Connector(admin);
    this.api = new Api(this.#connector);
    this.cluster = new ApiCluster(this.api);
  }

  /** Applies the CRDs and the rights, waits until the CRDs are served, and returns what was not there before. */
  async install(): Promise<KubeObject[]> {
    const root = import.meta.dirname;
    const objects = [
      ...(await manifestsIn(join(root, 'crd'))),
      ...(await manifestsIn(join(root, 'rbac'))),
    ];
    const made: KubeObject[] = [];
    for (const object of objects) {
      const there = await this.cluster.get(kindOf(object), keyOf(object));
      const applied = await this.cluster.apply(kindOf(object), object, {
        manager: MANAGER,
        live: 'any',
      });
      if (there === undefined) made.push(applied);
    }
    const deadline = Date.now() + CRD_WAIT_MS;
    while (!(await this.#isServed())) {
      if (Date.now() > deadline)
        throw new Error('the CRDs are not served 30 s after they were applied');
      await sleep(50);
    }
    return made;
  }

  /** Deletes what an installation made, the last first. */
  async uninstall(made: readonly KubeObject[]): Promise<void> {
    for (const object of [...made].reverse()) {
      const live = await this.cluster.get(kindOf(object), keyOf(object));
      if (live && live.metadata.uid === object.metadata.uid)
        await this.cluster.delete(kindOf(object), live);
    }
  }

  /** A CRD that says it is established may not be served yet. */
  async #isServed(): Promise<boolean> {
    try {
      await Promise.all(CUSTOM.map((of) => this.cluster.list(of, { limit: 1 })));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return false;
      throw error;
    }
  }

  /** Returns the namespace when it had to be made, undefined when it was there. */
  async ensureNamespace(name: string): Promise<KubeObject | undefined> {
    const there = await this.cluster.get(NAMESPACE, { namespace: '', name });
    if (there !== undefined) return undefined;
    return this.cluster.create(NAMESPACE, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
  }

  /** Returns a token of one of the shipped ServiceAccounts, for a week unless told otherwise. */
  tokenFor(name: string, expirationSeconds = 7 * 24 * 3600): Promise<string> {
    return this.tokenOf({ namespace: SYSTEM_NAMESPACE, name }, { expirationSeconds });
  }

  /** Returns a token of a ServiceAccount, as `kubectl create token` does; for the API server where no audience is given. */
  async tokenOf({ namespace, name }: ObjectKey, spec: TokenSpec = {}): Promise<string> {
    const answer = (await this.api.json({
      method: 'POST',
      path: `${resourcePath(ACCOUNT, namespace, name)}/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
    })) as { status: { token: string } };
    return answer.status.token;
  }

  /** Ends the connections. */
  close(): Promise<void> {
    return this.#connector.close();
  }
}

const ACCOUNT: Kind = { apiVersion: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts' };
const CUSTOM = [WEBAPP, WEBAPP_SOURCE, POLICY_BUNDLE];

function keyOf({ metadata: { namespace = '', name } }: KubeObject): ObjectKey {
  return { namespace, name };
}

/** Every kind that is installed has a regular plural. */
function kindOf({ apiVersion, kind }: KubeObject): Kind {
  return { apiVersion, kind, plural: `${kind.toLowerCase()}s` };
}

async function manifestsIn(folder: string): Promise<KubeObject[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => loadAll(text) as KubeObject[]);
}
