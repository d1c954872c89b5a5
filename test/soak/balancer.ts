// What stands before the instances of the functions in production: requests go round, past instances that take none.
// A connection that breaks when the request is sent is told to the caller, who alone knows whether to try again.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Agent, request as send } from 'undici';
import { listen } from '../helpers/listen.ts';

/** When a tick began and ended, in milliseconds since the epoch; status 502 where its instance was killed. */
export interface Tick {
  readonly began: number;
  ended: number;
  status: number;
}

/** What has come through. */
export interface Passed {
  events: number;
  pushes: number;
  /** Requests that no instance answered. */
  unanswered: number;
  readonly ticks: Tick[];
}

/** An address for all instances; closing it leaves them running. */
export class Balancer implements AsyncDisposable {
  /** Ports of the instances that answered when they were asked last. */
  readonly up = new Set<number>();
  readonly passed: Passed = { events: 0, pushes: 0, unanswered: 0, ticks: [] };
  readonly #ports: readonly number[];
  readonly #isLost: () => boolean;
  readonly #dispatcher = new Agent({ connections: 64 });
  #front: Awaited<ReturnType<typeof listen>> | undefined;
  #turn = 0;

  private constructor(ports: readonly number[], isLost: () => boolean) {
    this.#ports = ports;
    this.#isLost = isLost;
  }

  /** Opens one; an event or webhook of which `isLost` says so is answered and goes nowhere. */
  static async open(ports: readonly number[], isLost: () => boolean): Promise<Balancer> {
    const balancer = new Balancer(ports, isLost);
    balancer.#front = await listen((request, response) => {
      balancer.#pass(request, response).catch(() => response.destroy());
    });
    return balancer;
  }

  get url(): string {
    return this.#front?.url ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#front?.[Symbol.dispose]();
    await this.#dispatcher.destroy();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const tick = this.#count(request.url ?? '');
    const isLost = tick === undefined && this.#isLost();
    const status = isLost ? 202 : await this.#forward(request, body);
    if (tick) Object.assign(tick, { status, ended: Date.now() });
    response.writeHead(status).end();
  }

  #count(path: string): Tick | undefined {
    if (path.startsWith('/webhooks')) this.passed.pushes++;
    else if (path !== '/tick') this.passed.events++;
    if (path !== '/tick') return undefined;
    const tick = { began: Date.now(), ended: 0, status: 0 };
    this.passed.ticks.push(tick);
    return tick;
  }

  /** Returns the status of the answer. */
  async #forward(request: IncomingMessage, body: Buffer): Promise<number> {
    for (let tries = 0; tries < this.#ports.length; tries++) {
      const port = this.#ports[this.#turn++ % this.#ports.length] ?? 0;
      try {
        const status = await this.#send(`http://127.0.0.1:${port}${request.url}`, request, body);
        this.up.add(port);
        return status;
      } catch (error) {
        this.up.delete(port);
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') break;
      }
    }
    this.passed.unanswered++;
    return 502;
  }

  async #send(url: string, { headers }: IncomingMessage, body: Buffer): Promise<number> {
    const { host: _, connection: _own, 'content-length': _length, ...rest } = headers;
    const answer = await send(url, {
      method: 'POST',
      headers: rest,
      body,
      dispatcher: this.#dispatcher,
    });
    await answer.body.dump();
    return answer.statusCode;
  }
}
