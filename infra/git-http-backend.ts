import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { gitEnvironment } from './git-process.ts';

export interface GitBackend {
  /** Folder that the path of the target is looked up in; the caller has checked that it cannot lead out. */
  readonly root: string;
  /** Git configuration for all repositories in it. */
  readonly configFile: string;
  readonly target: URL;
}

const END_OF_HEADER = '\r\n\r\n';

/** Answers one request by `git http-backend`, as CGI (RFC 3875); ends when the process has ended. */
export async function runGitBackend(
  backend: GitBackend,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...gitEnvironment(), ...cgiVariables(backend, request) },
  });
  response.on('close', () => {
    if (!response.writableFinished) child.kill();
  });
  const ended = once(child, 'close');
  await Promise.all([
    pipeline(request, child.stdin).catch(() => {}), // The backend may answer without reading all.
    pipeline(child.stdout, (source) => withoutHeader(source, response), response),
  ]);
  await ended;
}

function cgiVariables(
  { root, configFile, target }: GitBackend,
  { method, headers }: IncomingMessage,
): NodeJS.ProcessEnv {
  return {
    GIT_CONFIG_GLOBAL: configFile,
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: target.pathname,
    QUERY_STRING: target.search.slice(1),
    REQUEST_METHOD: method,
    REMOTE_ADDR: '127.0.0.1',
    CONTENT_TYPE: headers['content-type'],
    CONTENT_LENGTH: headers['content-length'],
    HTTP_CONTENT_ENCODING: headers['content-encoding'],
    GIT_PROTOCOL: headers['git-protocol']?.toString(),
  };
}

/** Moves the header that begins a CGI answer to `response`, and yields what follows it. */
async function* withoutHeader(
  source: AsyncIterable<Buffer>,
  response: ServerResponse,
): AsyncIterable<Buffer> {
  let header: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (header === undefined) {
      yield chunk;
      continue;
    }
    header = Buffer.concat([header, chunk]);
    const end = header.indexOf(END_OF_HEADER);
    if (end < 0) continue;
    setHeader(header.toString('latin1', 0, end), response);
    yield header.subarray(end + END_OF_HEADER.length);
    header = undefined;
  }
  if (header !== undefined) response.statusCode = 502;
}

function setHeader(lines: string, response: ServerResponse): void {
  for (const line of lines.split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.appendHeader(name, value);
  }
}
