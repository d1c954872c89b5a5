// The Parameter Store and SQS as far as the functions use them: signatures are checked, secrets are told, and messages
// come back after their delay until somebody has taken them. Neither can be had here.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../helpers/listen.ts';
import { signatureOf } from './sigv4.ts';
import type { Role } from './sts.ts';

/** A message that was put into the queue; the delay is in seconds. */
export interface Message {
  readonly text: string;
  readonly delay: number;
}

/** Takes a message, or says that it is to be brought again. */
export type Receive = (text: string) => Promise<'done' | 'again'>;

export interface AwsServer extends Disposable {
  readonly url: string;
  readonly messages: Message[];
  /** Messages that were brought five times in vain. */
  readonly dead: string[];
  /** Requests that were refused, and why. */
  readonly refused: string[];
  /** Closes the next request's connection instead of an answer. */
  cut(): void;
  /** Whoever is brought the messages from now on. */
  receiver: Receive | undefined;
}

const MAX_RECEIVES = 5;
const VISIBILITY_MS = 500;

/** Starts it with these parameters, for these roles. */
export async function startAws(
  roles: readonly Role[],
  parameters: Readonly<Record<string, string>>,
): Promise<AwsServer> {
  const end = new AbortController();
  const state = { messages: [] as Message[], dead: [] as string[], refused: [] as string[] };
  const bring = async ({ text: said, delay }: Message) => {
    await sleep(delay * 1_000, undefined, { signal: end.signal });
    for (let receives = 0; receives < MAX_RECEIVES; receives++) {
      if ((await aws.receiver?.(said).catch(() => 'again')) !== 'again') return;
      await sleep(VISIBILITY_MS, undefined, { signal: end.signal });
    }
    state.dead.push(said);
  };
  const operations: Record<string, (body: Json) => object> = {
    'AmazonSQS.SendMessage': ({ MessageBody, DelaySeconds }) => {
      const message = { text: String(MessageBody), delay: Number(DelaySeconds) };
      state.messages.push(message);
      bring(message).catch(() => {});
      return { MessageId: crypto.randomUUID() };
    },
    'AmazonSSM.GetParameters': ({ Names }) => ({
      Parameters: (Names as string[]).flatMap((Name) =>
        Name in parameters ? [{ Name, Value: parameters[Name] }] : [],
      ),
    }),
  };
  let cut = false;
  const server = await listen(async (request, response) => {
    const body = await text(request);
    if (cut) {
      cut = false;
      return void request.socket.destroy();
    }
    const answer = operations[String(request.headers['x-amz-target'])];
    const problem = answer ? signatureProblem(request, body, roles) : 'UnknownOperationException';
    if (problem) state.refused.push(problem);
    response.statusCode = problem ? 400 : 200;
    response.end(JSON.stringify(problem ? { __type: problem } : answer?.(JSON.parse(body))));
  });
  const aws: AwsServer = {
    ...{ url: server.url, ...state, receiver: undefined },
    cut: () => {
      cut = true;
    },
    [Symbol.dispose]: () => {
      end.abort();
      server[Symbol.dispose]();
    },
  };
  return aws;
}

type Json = Readonly<Record<string, unknown>>;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/;

function signatureProblem(
  { headers, method = '' }: IncomingMessage,
  body: string,
  roles: readonly Role[],
): string | undefined {
  const [, keyId, scope = '', names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const role = roles.find(({ accessKeyId }) => accessKeyId === keyId);
  if (role === undefined) return 'UnrecognizedClientException';
  const request = {
    ...{ method, path: '/', query: [], body, scope },
    headers: headers as Record<string, string>,
    signedHeaders: names.split(';'),
    date: String(headers['x-amz-date']),
  };
  const isRight = signatureOf(request, role.secretAccessKey) === signature;
  return isRight ? undefined : 'InvalidSignatureException';
}
