import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from './progress.ts';
import type { BinaryName, Platform } from './versions.ts';

const prefix = 'unfinished-';

/** A scratch folder inside the cache, on the same disk as the cache so that a rename is atomic. */
export interface Workshop extends AsyncDisposable {
  folder: string;
  platform: Platform;
  log: Log;
  signal: AbortSignal;
  /** Gives a finished program its final name in the cache; only now can others see it. */
  keep(name: BinaryName, file: string): Promise<void>;
}

/** Opens a workshop in `cache`, and throws away what an interrupted one has left there. */
export async function openWorkshop(
  cache: string,
  context: Pick<Workshop, 'platform' | 'log' | 'signal'>,
): Promise<Workshop> {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    if (name.startsWith(prefix)) await rm(join(cache, name), { recursive: true, force: true });
  }
  const folder = await mkdtemp(join(cache, prefix));
  return {
    ...context,
    folder,
    async keep(name, file) {
      await chmod(file, 0o755);
      await rename(file, join(cache, name));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
