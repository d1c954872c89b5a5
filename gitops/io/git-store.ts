// One repository in memory: what isomorphic-git fetched into a memfs volume.
import git, { type HttpClient } from 'isomorphic-git';
import { createFsFromVolume, Volume } from 'memfs';
import { RetryableError } from '../errors.ts';
import { BYTES_PER_OBJECT } from './git-limits.ts';
import { GitObjects, OID_BYTES } from './git-objects.ts';

/** A commit to download. */
export interface Wish {
  readonly commit: string;
  /** The branch whose head it is (`refs/heads/main`), or its id: not every server gives a commit by its id. */
  readonly ref: string;
  /** A commit whose whole history the server may leave out of the answer. */
  readonly have?: string;
  /** The commit alone, with all its files but without its history. */
  readonly alone?: boolean;
}

const FOLDER = '/repository';
const PACKS = `${FOLDER}/objects/pack`;
const IDX_FANOUT_END = 8 + 4 * 256;
// Measured. A pack is held by memfs and, once read, by isomorphic-git's cache.
const COPIES_OF_PACK = 3;
const BYTES_PER_PACK = 5_000;
const BYTES_EMPTY = 500_000;

// memfs cuts a file's memory out of Node's pool, all 64 KiB of which stay as long as one piece does: of a push of a few
// objects that would be ten times what it needs.
Buffer.poolSize = 0;

/** A growing set of objects. Objects never change, so reading needs no lock; `download` must run one at a time. */
export class GitStore extends GitObjects {
  readonly url: string;
  /** Commits of which every file is here. */
  readonly whole = new Set<string>();
  /** Commits of which, and of each ancestor, every file is here. */
  readonly complete = new Set<string>();
  readonly #volume: Volume;
  /** Names of what is in the folder of packs: each pack has an index beside it. */
  readonly #packs = new Set<string>();
  readonly #objects = new Set<string>();
  #packBytes = 0;

  readonly #ready: Promise<void>;

  constructor(url: string) {
    const volume = new Volume();
    super({ fs: createFsFromVolume(volume), gitdir: FOLDER, cache: {} });
    this.#volume = volume;
    this.url = url;
    this.#ready = this.#init();
  }

  /** Roughly the memory it takes, in bytes. */
  get bytes(): number {
    const content = COPIES_OF_PACK * this.#packBytes + BYTES_PER_OBJECT * this.#objects.size;
    return BYTES_EMPTY + BYTES_PER_PACK * this.packs + content;
  }

  get packs(): number {
    return this.#packs.size / 2;
  }

  has(id: string): boolean {
    return this.#objects.has(id);
  }

  /** Adds a commit. Fails with the reasons of the client, and with GitRefused when the server does not send it. */
  async download(http: HttpClient, { commit, ref, have, alone }: Wish): Promise<void> {
    await this.#ready;
    await git.fetch({
      ...this.storage,
      http,
      url: this.url,
      remote: 'origin',
      remoteRef: ref,
      // isomorphic-git says "have" to the server for this name, if there is something of that name here.
      ref: have ?? 'refs/nothing',
      singleBranch: true,
      tags: false,
      ...(alone ? { depth: 1 } : {}),
    });
    // With its mark "shallow", a commit counts as one without history, and a later fetch that meets a merge of
    // an older branch would bring all of that. What a server leaves out without the mark, the caller checks.
    this.#volume.rmSync(`${FOLDER}/shallow`, { force: true });
    this.#readIndexes();
    if (!this.has(commit))
      throw new RetryableError('GitRefused', `the Git server did not send ${commit}`);
    if (have !== undefined) return;
    this.whole.add(commit);
    if (!alone) this.complete.add(commit);
  }

  async #init(): Promise<void> {
    await git.init({ ...this.storage, bare: true });
    await git.addRemote({ ...this.storage, remote: 'origin', url: this.url });
  }

  #readIndexes(): void {
    for (const name of this.#volume.readdirSync(PACKS) as string[]) {
      if (this.#packs.has(name)) continue;
      this.#packs.add(name);
      const content = this.#volume.readFileSync(`${PACKS}/${name}`) as Buffer;
      this.#packBytes += content.length;
      if (!name.endsWith('.idx')) continue;
      const count = content.readUInt32BE(IDX_FANOUT_END - 4);
      for (let i = 0; i < count; i++) {
        const start = IDX_FANOUT_END + i * OID_BYTES;
        this.#objects.add(content.toString('hex', start, start + OID_BYTES));
      }
    }
  }
}
