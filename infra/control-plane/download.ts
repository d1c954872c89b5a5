import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { withProgress } from './progress.ts';
import { type BinaryName, versions } from './versions.ts';
import { openWeb, type Web } from './web.ts';
import type { Workshop } from './workshop.ts';

const run = promisify(execFile);

/** Base URLs of the Kubernetes release bucket and of GitHub's API, without a slash at the end. */
export interface DownloadSites {
  kubernetes: string;
  github: string;
}

/** Where the projects themselves publish their programs. */
export const officialSites: DownloadSites = {
  kubernetes: 'https://dl.k8s.io',
  github: 'https://api.github.com',
};

interface Artifact {
  url: string;
  sha256: string;
}

interface Context {
  sites: DownloadSites;
  web: Web;
  workshop: Workshop;
}

/**
 * Downloads the missing programs, checks their sha256 and keeps each in the cache.
 * Tries all of them, then throws one error that says what went wrong with those it could not get.
 */
export async function downloadBinaries(
  missing: readonly BinaryName[],
  sites: DownloadSites,
  workshop: Workshop,
): Promise<void> {
  const { os } = workshop.platform;
  if (os !== 'linux') throw new Error(`the servers are published for linux only, this is ${os}`);
  await using web = openWeb(workshop.signal);
  const problems = new Set<string>();
  for (const name of missing) {
    await downloadOne(name, { sites, web, workshop }).catch((error: Error) => {
      workshop.signal.throwIfAborted();
      problems.add(error.message);
    });
  }
  if (problems.size > 0) throw new Error([...problems].join('; '));
}

async function downloadOne(name: BinaryName, context: Context): Promise<void> {
  const { workshop, web } = context;
  const artifact = await find(name, context);
  const file = join(workshop.folder, basename(artifact.url));
  await withProgress(`downloading ${artifact.url}`, workshop.log, () => save(artifact, file, web));
  await workshop.keep(name, file.endsWith('.tar.gz') ? await unpack(file, name) : file);
}

async function find(name: BinaryName, context: Context): Promise<Artifact> {
  const { os, arch } = context.workshop.platform;
  if (name === 'kwok') return findAsset('kubernetes-sigs/kwok', `kwok-${os}-${arch}`, context);
  if (name === 'etcd') {
    return findAsset('etcd-io/etcd', `etcd-${versions.etcd}-${os}-${arch}.tar.gz`, context);
  }
  const url = `${context.sites.kubernetes}/${versions.kubernetes}/bin/${os}/${arch}/${name}`;
  const sha256 = await (await context.web.get(`${url}.sha256`)).text();
  return { url, sha256: sha256.trim() };
}

interface Release {
  assets: { name: string; browser_download_url: string; digest: string }[];
}

async function findAsset(repository: string, name: string, { sites, web }: Context) {
  const tag = name.startsWith('etcd') ? versions.etcd : versions.kwok;
  const url = `${sites.github}/repos/${repository}/releases/tags/${tag}`;
  const release = (await (await web.get(url)).json()) as Release;
  const asset = release.assets.find((candidate) => candidate.name === name);
  if (!asset?.digest?.startsWith('sha256:')) throw new Error(`${url} has no sha256 of ${name}`);
  return { url: asset.browser_download_url, sha256: asset.digest.slice('sha256:'.length) };
}

async function save({ url, sha256 }: Artifact, file: string, web: Web): Promise<void> {
  const { body } = await web.get(url);
  if (!body) throw new Error(`${url} answered without a body`);
  const hash = createHash('sha256');
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(body, counted, createWriteStream(file)).catch((cause) => {
    throw new Error(`the download of ${url} broke off (${cause.message})`, { cause });
  });
  const actual = hash.digest('hex');
  if (actual !== sha256) throw new Error(`${url} has sha256 ${actual} instead of ${sha256}`);
}

async function unpack(archive: string, name: string): Promise<string> {
  const top = basename(archive, '.tar.gz');
  const folder = join(archive, '..');
  await run('tar', ['-xzf', archive, '-C', folder, `${top}/${name}`]);
  return join(folder, top, name);
}
