import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRepositories } from '../../gitops/io/repository.ts';
import type { Repositories, Snapshot } from '../../gitops/repository.ts';
import { git } from '../../infra/git-process.ts';
import { type GitServerOptions, startGitServer } from '../../infra/git-server.ts';

/** A clone in a temporary folder, for making commits with the real git. */
export interface GitClone extends AsyncDisposable {
  readonly folder: string;
  /** Runs git in the clone and returns what it prints. */
  git(...args: string[]): Promise<string>;
  /** Writes files (path to content; null deletes) and commits them. Returns the commit. */
  commit(files: Record<string, string | Buffer | null>): Promise<string>;
  /** Commits like `commit`, and pushes the current branch. Returns the commit. */
  push(files: Record<string, string | Buffer | null>): Promise<string>;
}

/** Clones a repository; disposing removes the folder. */
export async function cloneRepository(url: string): Promise<GitClone> {
  const folder = await mkdtemp(join(tmpdir(), 'webapp-clone-'));
  const remove = () => rm(folder, { recursive: true });
  await git(['clone', '--quiet', url, folder]).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const run = (...args: string[]) => git(args, { cwd: folder });

  async function commit(files: Record<string, string | Buffer | null>): Promise<string> {
    for (const [path, content] of Object.entries(files)) await put(join(folder, path), content);
    await run('add', '--all');
    await run('commit', '--quiet', '--allow-empty', '--message', 'A change');
    return run('rev-parse', 'HEAD');
  }

  return {
    folder,
    git: run,
    commit,
    push: async (files) => {
      const id = await commit(files);
      await run('push', '--quiet', 'origin', 'HEAD');
      return id;
    },
    [Symbol.asyncDispose]: remove,
  };
}

async function put(path: string, content: string | Buffer | null): Promise<void> {
  if (content === null) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** A repository on a server of the tests. */
export interface TestRepository extends AsyncDisposable {
  readonly url: string;
  /** Where the server has it. */
  readonly folder: string;
  readonly clone: GitClone;
  /** Its first commit. */
  readonly first: string;
}

/** Starts a server; `make` makes a repository with one commit on it. */
export async function startTestServer(options: Omit<GitServerOptions, 'root'> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'webapp-git-'));
  const server = await startGitServer({ ...options, root });
  let count = 0;

  async function make(files: Record<string, string>): Promise<TestRepository> {
    const name = `r${count++}`;
    const url = await server.createRepository(name, files);
    const clone = await cloneRepository(url);
    const first = await clone.git('rev-parse', 'HEAD');
    const dispose = () => clone[Symbol.asyncDispose]();
    return { url, clone, first, folder: join(root, `${name}.git`), [Symbol.asyncDispose]: dispose };
  }

  async function stop(): Promise<void> {
    await server.stop();
    await rm(root, { recursive: true });
  }
  return { server, make, stop };
}

/** Fetches `main` without a time limit; `from` is a fresh, cold instance unless given. */
export function fetchMain(
  url: string,
  since?: string,
  from: Repositories = createRepositories(),
): Promise<Snapshot> {
  const { signal } = new AbortController();
  return from.fetch({ url, branch: 'main', signal, ...(since === undefined ? {} : { since }) });
}

/** The changes as one reads them: `+` added, `-` gone, `~` changed, each with the text it has now. */
export async function told(snapshot: Snapshot, path = ''): Promise<string[]> {
  const files = await snapshot.changedFiles(path);
  return Promise.all(
    files.map(async ({ path, before, after }) => {
      if (after === undefined) return `- ${path}`;
      return `${before === undefined ? '+' : '~'} ${path} ${await snapshot.readText(after)}`;
    }),
  );
}
