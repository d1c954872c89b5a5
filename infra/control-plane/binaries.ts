import { access, constants, mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { buildBinaries } from './build.ts';
import { type DownloadSites, downloadBinaries, officialSites } from './download.ts';
import { withLock } from './lock.ts';
import type { Log } from './progress.ts';
import { type BinaryName, binaryNames, hostPlatform, versionFolder } from './versions.ts';
import { openWorkshop } from './workshop.ts';

/** The path of every program. */
export type Binaries = Record<BinaryName, string>;

/** Where programs are looked for; `userSources` gives what suits a user of this machine. */
export interface BinarySources {
  /** A folder that holds some or all of the programs already. */
  assets?: string | undefined;
  /** The folder that keeps what was downloaded or built. */
  cache: string;
  sites: DownloadSites;
  /** The Go command, a path or a name to look up in PATH. */
  go: string;
}

/** Returns the sources for this user: KUBEBUILDER_ASSETS, the cache folder, official sites, Go. */
export function userSources(): BinarySources {
  const { cache } = envPaths('webapp-operator', { suffix: '' });
  return {
    assets: process.env.KUBEBUILDER_ASSETS,
    cache: join(cache, 'control-plane', versionFolder(hostPlatform())),
    sites: officialSites,
    go: 'go',
  };
}

interface Context {
  log: Log;
  signal: AbortSignal;
}

/**
 * Returns the paths of all programs: from the assets folder, from the cache, or else downloads or builds
 * what is missing into the cache (minutes). Throws one error that says what went wrong with each way.
 */
export async function findBinaries(sources: BinarySources, context: Context): Promise<Binaries> {
  const found = await lookUp(sources);
  if (sources.assets) context.log(`► programs in ${sources.assets} come first`);
  if (missingFrom(found).length === 0) return found as Binaries;
  await mkdir(dirname(sources.cache), { recursive: true });
  const waiting = { ...context, purpose: 'downloading or building the control plane' };
  return withLock(`${sources.cache}.lock`, waiting, () => supply(sources, context));
}

async function supply(sources: BinarySources, context: Context): Promise<Binaries> {
  const problems: string[] = [];
  await using workshop = await openWorkshop(sources.cache, {
    ...context,
    platform: hostPlatform(),
  });
  const ways = {
    download: (names: BinaryName[]) => downloadBinaries(names, sources.sites, workshop),
    build: (names: BinaryName[]) => buildBinaries(names, sources.go, workshop),
  };
  for (const [way, get] of Object.entries(ways)) {
    const missing = missingFrom(await lookUp(sources));
    if (missing.length === 0) break;
    await get(missing).catch((error: Error) => {
      context.signal.throwIfAborted();
      context.log(`  ${way}: ${error.message}`);
      problems.push(`${way}: ${error.message}`);
    });
  }
  const found = await lookUp(sources);
  const missing = missingFrom(found);
  if (missing.length > 0) throw notFound(missing, sources, problems);
  return found as Binaries;
}

async function lookUp({ assets, cache }: BinarySources): Promise<Partial<Binaries>> {
  const found: Partial<Binaries> = {};
  for (const folder of assets ? [assets, cache] : [cache]) {
    for (const name of missingFrom(found)) {
      const file = resolve(folder, name);
      if (await isExecutable(file)) found[name] = file;
    }
  }
  return found;
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function missingFrom(found: Partial<Binaries>): BinaryName[] {
  return binaryNames.filter((name) => !found[name]);
}

function notFound(missing: BinaryName[], { assets, sites }: BinarySources, problems: string[]) {
  const lines = [
    `The control plane cannot start without ${missing.join(', ')}. What was tried:`,
    `  KUBEBUILDER_ASSETS: ${assets ? `${assets} does not hold them` : 'not set'}`,
    ...problems.map((problem) => `  ${problem}`),
    'One of three ways helps: set KUBEBUILDER_ASSETS to a folder that holds them,',
    `allow downloads from ${new URL(sites.kubernetes).host} and github.com, or install Go 1.26 or newer.`,
  ];
  return new Error(lines.join('\n'));
}
