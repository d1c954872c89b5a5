// The Runtime API by which Lambda hands a function its invocations, one at a time, and takes the answers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../helpers/listen.ts';

/** The API for one function. */
export interface RuntimeApi extends Disposable {
  /** Host and port, as in AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Has the function called; returns its answer, or throws what it failed with. */
  invoke(event: object): Promise<unknown>;
}

interface Invocation {
  readonly id: string;
  readonly body: string;
  readonly done: (answer: string) => void;
  readonly failed: (error: Error) => void;
}

const DEADLINE_MS = 29_000;

/** Starts it on a free port. */
export async function startRuntimeApi(name: string): Promise<RuntimeApi> {
  const waiting: Invocation[] = [];
  const idle: ServerResponse[] = [];
  const running = new Map<string, Invocation>();
  const give = (response: ServerResponse, invocation: Invocation) => {
    running.set(invocation.id, invocation);
    response.setHeader('content-type', 'application/json');
    response.setHeader('lambda-runtime-aws-request-id', invocation.id);
    response.setHeader('lambda-runtime-deadline-ms', Date.now() + DEADLINE_MS);
    response.setHeader(
      'lambda-runtime-invoked-function-arn',
      `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
    );
    response.end(invocation.body);
  };
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const [, id = '', how] =
      /\/invocation\/([^/]+)\/(response|error)$/.exec(request.url ?? '') ?? [];
    const body = await text(request);
    response.writeHead(202).end('{"status":"OK"}');
    const invocation = running.get(id);
    running.delete(id);
    if (how === 'response') invocation?.done(body);
    else invocation?.failed(new Error(body));
  };
  const server = await listen((request, response) => {
    if (!request.url?.endsWith('/invocation/next')) return void take(request, response);
    const invocation = waiting.shift();
    if (invocation) give(response, invocation);
    else idle.push(response);
  });
  return {
    address: server.url.replace('http://', ''),
    invoke: async (event) => {
      const answer = await new Promise<string>((done, failed) => {
        const own = { id: crypto.randomUUID(), body: JSON.stringify(event), done, failed };
        const response = idle.shift();
        if (response) give(response, own);
        else waiting.push(own);
      });
      return JSON.parse(answer);
    },
    [Symbol.dispose]: () => server[Symbol.dispose](),
  };
}
