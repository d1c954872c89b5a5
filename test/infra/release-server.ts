import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hostPlatform, versions } from '../../infra/control-plane/versions.ts';

/** A stand-in on loopback for dl.k8s.io and GitHub that publishes tiny programs. */
export interface ReleaseServer extends AsyncDisposable {
  url: string;
  /** The paths of all requests so far. */
  requests: string[];
  /** Programs, by name, that are published with a sha256 of something else. */
  forged: Set<string>;
  /** Programs, by name, that are sent half and then cut off, or sent half and never finished. */
  broken: Map<string, 'cut' | 'stuck'>;
}

/** Returns the content of the published program. */
export function programText(name: string): string {
  return `#!/bin/sh\necho ${name} of the release\n`;
}

/** Starts a release server on a free port. */
export async function startReleaseServer(): Promise<ReleaseServer> {
  const requests: string[] = [];
  const forged = new Set<string>();
  const broken = new Map<string, 'cut' | 'stuck'>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    if (path.startsWith('/repos/')) return response.end(JSON.stringify(release(path)));
    if (path.endsWith('.sha256')) return response.end(sha256Of(basename(path, '.sha256')));
    send(response, contentOf(basename(path)), broken.get(basename(path)));
  });
  const sha256Of = (name: string) =>
    createHash('sha256')
      .update(forged.has(name) ? 'something else' : contentOf(name))
      .digest('hex');
  const release = (path: string) => ({
    assets: [path.includes('etcd') ? etcdArchive() : kwokFile()].map((name) => ({
      name,
      browser_download_url: `${url}/assets/${name}`,
      digest: `sha256:${sha256Of(name)}`,
    })),
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, requests, forged, broken, [Symbol.asyncDispose]: close };
}

function etcdArchive(): string {
  const { os, arch } = hostPlatform();
  return `etcd-${versions.etcd}-${os}-${arch}.tar.gz`;
}

function kwokFile(): string {
  const { os, arch } = hostPlatform();
  return `kwok-${os}-${arch}`;
}

const contents = new Map<string, Buffer>();

/** Made once: an archive's bytes, and so its sha256, differ with the time. */
function contentOf(file: string): Buffer {
  const made = contents.get(file) ?? makeContent(file);
  contents.set(file, made);
  return made;
}

function makeContent(file: string): Buffer {
  if (file === etcdArchive()) return packed('etcd', basename(file, '.tar.gz'));
  return Buffer.from(programText(file === kwokFile() ? 'kwok' : file));
}

function packed(name: string, folder: string): Buffer {
  const scratch = mkdtempSync(join(tmpdir(), 'release-server-'));
  const file = join(scratch, folder, name);
  mkdirSync(dirname(file));
  writeFileSync(file, programText(name));
  execFileSync('tar', ['-czf', join(scratch, 'archive'), '-C', scratch, folder]);
  const archive = readFileSync(join(scratch, 'archive'));
  rmSync(scratch, { recursive: true });
  return archive;
}

function send(response: ServerResponse, content: Buffer, fault?: 'cut' | 'stuck'): void {
  response.setHeader('content-length', content.length);
  if (!fault) return void response.end(content);
  response.write(content.subarray(0, content.length / 2), () => {
    if (fault === 'cut') response.destroy();
  });
}
