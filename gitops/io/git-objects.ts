// Git objects as they are read, whatever they are stored in.
import git, { type CallbackFsClient, type PromiseFsClient } from 'isomorphic-git';

export const OID_BYTES = 20;
// Names that no checkout could have; the objects behind them are never read.
const UNFIT_NAME = /^\.{0,2}$|^\.git$|[/\p{Cc}]/iu;

/** What a name in a folder stands for, as object ids. Symlinks and submodules are neither. */
export interface Entry {
  readonly file?: string;
  readonly folder?: string;
}

/** Where a repository's objects are. */
export interface Storage {
  readonly fs: PromiseFsClient | CallbackFsClient;
  readonly gitdir: string;
  readonly cache: object;
}

/** Reads objects by their ids. Objects never change, so reading needs no lock. */
export class GitObjects {
  protected readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  async parents(id: string): Promise<string[]> {
    return (await git.readCommit({ ...this.storage, oid: id })).commit.parent;
  }

  /** The bytes of a commit, which its id stands for. */
  async commit(id: string): Promise<Uint8Array> {
    return this.#read(id, 'commit');
  }

  /** The root folder of a commit. */
  async root(id: string): Promise<Entry> {
    return { folder: (await git.readCommit({ ...this.storage, oid: id })).commit.tree };
  }

  /** The regular files and folders of a folder, by name. */
  async folder(id: string): Promise<Map<string, Entry>> {
    return parseTree(Buffer.from(await this.#read(id, 'tree')));
  }

  async file(id: string): Promise<Uint8Array> {
    return this.#read(id, 'blob');
  }

  async #read(id: string, expected: string): Promise<Uint8Array> {
    const { type, object } = await git.readObject({
      ...this.storage,
      oid: id,
      format: 'content',
    });
    if (type !== expected) throw new Error(`${id} is a ${type}, not a ${expected}`);
    return object as Uint8Array;
  }
}

/** isomorphic-git's own parser fails on the whole folder for one unfit name; here that name is left out. */
function parseTree(content: Buffer): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  let position = 0;
  while (position < content.length) {
    const end = content.indexOf(0, position);
    const [mode = '', ...words] = content.toString('utf8', position, end).split(' ');
    position = end + 1 + OID_BYTES;
    const id = content.toString('hex', end + 1, position);
    const name = words.join(' ');
    if (end < 0 || UNFIT_NAME.test(name)) continue;
    if (mode === '40000') entries.set(name, { folder: id });
    else if (mode.startsWith('100')) entries.set(name, { file: id });
  }
  return entries;
}
