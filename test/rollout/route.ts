// A Knative Service whose revisions are processes of the functions. What Serving's controllers would do is played: they
// write in its status which revision is the newest, and divide the requests as its traffic says.

import { KNATIVE_SERVICE, type KnativeService } from '../../functions/rollout/knative-service.ts';
import { resourcePath } from '../../gitops/kinds.ts';
import type { ObjectKey } from '../../gitops/objects.ts';
import type { TestCluster } from '../helpers/control-plane.ts';
import { Instance } from '../helpers/functions-instance.ts';

const LOOK_MS = 200;

/** Has no factor in common with a hundred, so that any hundred requests in turn meet every percent once. */
const STRIDE = 37;

interface Share {
  readonly revisionName: string;
  readonly percent: number;
}

/** The Service and its processes. */
export class Route implements AsyncDisposable {
  readonly key: ObjectKey;
  readonly #admin: TestCluster['admin'];
  readonly #revisions = new Map<string, Instance>();
  #shares: readonly Share[] = [];
  #sent = 0;
  #looking: NodeJS.Timeout | undefined;

  private constructor({ admin }: TestCluster, key: ObjectKey) {
    this.#admin = admin;
    this.key = key;
  }

  static async open(cluster: TestCluster, key: ObjectKey): Promise<Route> {
    const route = new Route(cluster, key);
    const { apiVersion, kind } = KNATIVE_SERVICE;
    const spec = { template: { spec: { containers: [{ image: 'webapp-functions' }] } } };
    await cluster.admin.cluster.create(KNATIVE_SERVICE, { apiVersion, kind, metadata: key, spec });
    route.#looking = setInterval(() => route.#look().catch(() => {}), LOOK_MS);
    return route;
  }

  /** What the traffic says, as `name=percent`. */
  async traffic(): Promise<string> {
    const { spec } = await this.#read();
    return (spec.traffic ?? []).map((s) => `${s.revisionName}=${s.percent}`).join(' ');
  }

  /** Deploys a revision, as an upgrade of the chart does: it is ready at once. */
  async deploy(revision: string, env: Readonly<Record<string, string>>): Promise<void> {
    this.#revisions.set(revision, await Instance.start({ ...env, K_REVISION: revision }));
    const { metadata } = await this.#read();
    await this.#tell({
      observedGeneration: metadata.generation,
      latestCreatedRevisionName: revision,
      latestReadyRevisionName: revision,
    });
    await this.#look();
  }

  /** Returns the URL of the process that gets the next request. */
  next(): string {
    const at = (this.#sent++ * STRIDE) % 100;
    const ends = this.#shares.map((_, i) => sumOf(this.#shares.slice(0, i + 1)));
    const share = this.#shares[ends.findIndex((end) => at < end)];
    return this.#revisions.get(share?.revisionName ?? '')?.url ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#looking);
    await Promise.all([...this.#revisions.values()].map((instance) => instance.end('SIGKILL')));
  }

  async #read(): Promise<KnativeService> {
    return (await this.#admin.cluster.get(KNATIVE_SERVICE, this.key)) as KnativeService;
  }

  /** The route follows the traffic, and the status what was asked for. */
  async #look(): Promise<void> {
    const { spec, status, metadata } = await this.#read();
    const ready = status?.latestReadyRevisionName ?? '';
    this.#shares = (spec.traffic ?? [{ percent: 100 }]).map(
      ({ revisionName = ready, percent = 0 }) => ({
        revisionName,
        percent,
      }),
    );
    if (status?.observedGeneration !== metadata.generation)
      await this.#tell({ observedGeneration: metadata.generation });
  }

  async #tell(status: object): Promise<void> {
    const { namespace, name } = this.key;
    await this.#admin.api.json({
      method: 'PATCH',
      path: `${resourcePath(KNATIVE_SERVICE, namespace, name)}/status`,
      contentType: 'application/merge-patch+json',
      body: { status },
    });
  }
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { percent }) => sum + percent, 0);
}
