// What a process of the product holds in memory, asked through Node's own inspector.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type MessageEvent, WebSocket } from 'undici';
import { eventually } from '../cluster/eventually.ts';

/** What NODE_OPTIONS has to hold for it; the process takes any port of loopback and writes it into its log. */
export const INSPECTED = '--inspect=127.0.0.1:0';

/** A collection stops the process, on a busy machine for seconds. */
const ANSWER_MS = 60_000;

/** Bytes: what is still referred to once all garbage is gone, and what the process has of the machine. */
export interface Memory {
  readonly live: number;
  readonly resident: number;
}

/** Returns a process' memory after collecting its garbage; its log tells where to ask. */
export async function memoryOf(logFile: string): Promise<Memory> {
  const url = await eventually(`an inspector in ${logFile}`, () => inspectorOf(logFile));
  const socket = new WebSocket(url);
  await once(socket, 'open');
  try {
    // What the first collection finalizes goes with the second.
    for (let round = 0; round < 2; round++) await ask(socket, 'HeapProfiler.collectGarbage');
    const expression = 'process.memoryUsage()';
    const { result } = await ask(socket, 'Runtime.evaluate', { expression, returnByValue: true });
    const { heapUsed, external, rss } = result.value;
    return { live: heapUsed + external, resident: rss };
  } finally {
    socket.close();
  }
}

/** Returns where the process that wrote the log last can be asked: another address than before is of another process. */
export async function inspectorOf(logFile: string): Promise<string | undefined> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return [...log.matchAll(/^Debugger listening on (ws:\S+)$/gm)].at(-1)?.[1];
}

async function ask(socket: WebSocket, method: string, params: object = {}) {
  socket.send(JSON.stringify({ id: 1, method, params }));
  const signal = AbortSignal.timeout(ANSWER_MS);
  const [{ data }] = (await once(socket, 'message', { signal })) as [MessageEvent<string>];
  const { result, error } = JSON.parse(data);
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}
