// What all runs share: a cluster with the product's kinds and rights, and a Git server.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Agent } from 'undici';
import { loadKubeConfig } from '../../functions/kube-config.ts';
import type { Cluster } from '../../gitops/cluster.ts';
import { Installation, SERVICE_ACCOUNTS } from '../../infra/install.ts';
import { startTestServer, type TestRepository } from '../helpers/git-repo.ts';
import { Mirror } from './mirror.ts';

type GitServer = Awaited<ReturnType<typeof startTestServer>>;

/** How to reach the cluster as its administrator. */
export interface Plane {
  readonly server: string;
  readonly caFile: string;
  readonly kubeconfig: string;
}

/** A repository of a run; `point` moves its branch. */
export interface Repository {
  readonly url: string;
  point(commit: string): Promise<void>;
}

/** A cluster and a Git server for any number of runs; closing it leaves the cluster running. */
export class Ground implements AsyncDisposable {
  readonly server: string;
  readonly dispatcher: Agent;
  /** Token of the functions' ServiceAccount, with the rights that are shipped. */
  readonly token: string;
  readonly git: GitServer;
  readonly mirror: Mirror;
  readonly #admin: Installation;
  #count = 0;

  private constructor(
    server: string,
    admin: Installation,
    parts: { dispatcher: Agent; token: string; git: GitServer; mirror: Mirror },
  ) {
    this.server = server;
    this.#admin = admin;
    this.dispatcher = parts.dispatcher;
    this.token = parts.token;
    this.git = parts.git;
    this.mirror = parts.mirror;
  }

  static async open({ server, caFile, kubeconfig }: Plane): Promise<Ground> {
    const admin = new Installation(loadKubeConfig({ kubeconfig }));
    await admin.install();
    const token = await admin.tokenFor(SERVICE_ACCOUNTS.functions);
    const ca = await readFile(caFile, 'utf8');
    const dispatcher = new Agent({ connect: { ca } });
    const mirror = await Mirror.start(admin.api);
    const git = await startTestServer();
    return new Ground(server, admin, { dispatcher, token, git, mirror });
  }

  /** The cluster as its administrator sees it, without a proxy. */
  get cluster(): Cluster {
    return this.#admin.cluster;
  }

  /** Returns a name for a run that no other run has. */
  nextName(): string {
    this.#count++;
    return `run-${this.#count}-${crypto.randomUUID().slice(0, 8)}`;
  }

  async makeNamespace(name: string): Promise<void> {
    await this.#admin.ensureNamespace(name);
  }

  /** Returns a copy of a repository: each run moves a branch of its own. */
  async copyRepository({ url, folder }: TestRepository, name: string): Promise<Repository> {
    const copy = join(dirname(folder), `${name}.git`);
    await cp(folder, copy, { recursive: true });
    return {
      url: new URL(`${name}.git`, url).href,
      point: (commit) => writeFile(join(copy, 'refs', 'heads', 'main'), `${commit}\n`),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.mirror.stop();
    await this.git.stop();
    await this.dispatcher.close();
    await this.#admin.close();
  }
}
