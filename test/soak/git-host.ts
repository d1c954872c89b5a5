// The Git server of a long run: its repository outlives it, as a forge's does.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GitServer, startGitServer } from '../../infra/git-server.ts';
import type { Webhook } from '../../infra/push-webhook.ts';
import { cloneRepository, type GitClone } from '../helpers/git-repo.ts';

/** A Git server that can be away and come back on the same port, and a clone of its one repository. */
export class GitHost implements AsyncDisposable {
  readonly url: string;
  readonly clone: GitClone;
  readonly #root: string;
  readonly #webhook: Webhook;
  #server: GitServer | undefined;

  private constructor(place: { url: string; clone: GitClone; root: string; webhook: Webhook }) {
    this.url = place.url;
    this.clone = place.clone;
    this.#root = place.root;
    this.#webhook = place.webhook;
  }

  /** Starts a server with one repository of these files. */
  static async start(webhook: Webhook, files: Record<string, string>): Promise<GitHost> {
    const root = await mkdtemp(join(tmpdir(), 'webapp-soak-git-'));
    const server = await startGitServer({ root, webhook });
    const url = await server.createRepository('fleet', files);
    const host = new GitHost({ url, clone: await cloneRepository(url), root, webhook });
    host.#server = server;
    return host;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  async comeBack(): Promise<void> {
    const port = Number(new URL(this.url).port);
    this.#server = await startGitServer({ root: this.#root, port, webhook: this.#webhook });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.clone[Symbol.asyncDispose]();
    await rm(this.#root, { recursive: true, force: true });
  }
}
