// A Git server on loopback for the demo and the tests: `git http-backend` behind node:http, sending push
// webhooks like a forge.
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runGitBackend } from './git-http-backend.ts';
import { git } from './git-process.ts';
import { createPushAnnouncer, type Log, type PushAnnouncer, type Webhook } from './push-webhook.ts';

export interface GitServerOptions {
  /** Folder of the bare repositories; made when missing. */
  root: string;
  /** 0, the default, takes any free port. */
  port?: number;
  webhook?: Webhook;
  /** With it, every request must bring these by HTTP basic authentication. */
  auth?: { username: string; password: string };
  log?: Log;
}

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Makes a bare repository whose `main` has one commit with these files (path to content); returns its clone URL. */
  createRepository(name: string, files: Record<string, string>): Promise<string>;
  /** Ends open connections and gives up webhooks not yet delivered. */
  stop(): Promise<void>;
}

// Segments that begin with a letter or digit: neither `..` nor hidden folders nor options can be said.
const NAME = /^[a-z0-9][\w-]*(\.[\w-]+)*(\/[a-z0-9][\w-]*(\.[\w-]+)*)*$/i;
const SMART_HTTP = /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

// What forges allow. A file beside the repositories, so that the configuration of one of them can say otherwise.
const CONFIG_FILE = 'git-server.config';
const CONFIG = `[http]
  receivepack = true
[uploadpack]
  allowAnySHA1InWant = true
  allowFilter = true
[receive]
  autogc = false
`;

/** Starts the server on 127.0.0.1. Anyone who can connect may push, unless `auth` is given. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  await mkdir(options.root, { recursive: true });
  await writeFile(join(options.root, CONFIG_FILE), CONFIG);
  const server = createServer();
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const announcer = createPushAnnouncer({ ...options, serverUrl: url });
  server.on('request', (request, response) => {
    answer({ ...options, announcer }, request, response).catch((error: Error) => {
      options.log?.('git request failed', { path: request.url, error: error.message });
      response.destroy();
    });
  });

  const stop = async () => {
    announcer.stop();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    createRepository: (name, files) => createRepository({ root: options.root, url, name }, files),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function createRepository(
  { root, url, name }: { root: string; url: string; name: string },
  files: Record<string, string>,
): Promise<string> {
  if (!NAME.test(name)) throw new Error(`"${name}" is not a name for a repository`);
  const folder = join(root, `${name}.git`);
  if (existsSync(folder)) throw new Error(`there is a repository "${name}" already`);
  await git(['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  await git(['fast-import', '--quiet', '--date-format=now'], {
    cwd: folder,
    input: firstCommit(files),
  });
  return `${url}/${name}.git`;
}

/** The files as one commit, in the language of git fast-import: no work tree is needed. */
function firstCommit(files: Record<string, string>): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const entries = Object.entries(files).map(
    ([path, content]) => `M 100644 inline ${JSON.stringify(path)}\n${data(content)}`,
  );
  return `commit refs/heads/main\ncommitter webapp <webapp@localhost> now\n${data('First commit')}${entries.join('')}`;
}

interface Serving extends GitServerOptions {
  announcer: PushAnnouncer;
}

async function answer(
  { root, auth, announcer }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, name, service] = SMART_HTTP.exec(target.pathname) ?? [];
  const run = () =>
    runGitBackend({ root, configFile: join(root, CONFIG_FILE), target }, request, response);
  if (name === undefined || !NAME.test(name)) {
    response.writeHead(404).end('no such repository\n');
  } else if (auth && !authorized(request, auth)) {
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end('who are you?\n');
  } else if (service === 'git-receive-pack') {
    await announcer.around(name, run);
  } else {
    await run();
  }
}

function authorized(
  request: IncomingMessage,
  { username, password }: { username: string; password: string },
): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(expected));
}
