// The way of the functions to the API server in a long run: the proxy of the faults, with dice in place of a plan.
import { Agent } from 'undici';
import { type Answer, History } from '../faults/history.ts';
import { type Entry, isWrite, Journal } from '../faults/journal.ts';
import type { RequestFault } from '../faults/plan.ts';
import { ApiProxy } from '../faults/proxy.ts';
import { openTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { Counters } from './counters.ts';

/** Nothing old is served, so nothing is kept. */
class Oblivion extends History {
  override note(): void {}

  override before(): Answer | undefined {
    return undefined;
  }
}

/** What the gate leads to, and which fault each request meets. */
export interface GateOptions {
  readonly server: string;
  readonly ca: string;
  readonly namespace: string;
  faultAt(entry: Entry): RequestFault | undefined;
}

/** Counts what passes. `cable` is the connection behind it, which can be cut. */
export class ApiGate implements AsyncDisposable {
  readonly counters = new Counters();
  readonly cable: TcpProxy;
  requests = 0;
  writes = 0;
  readonly #proxy: ApiProxy;
  readonly #dispatcher: Agent;

  private constructor(proxy: ApiProxy, cable: TcpProxy, dispatcher: Agent) {
    this.#proxy = proxy;
    this.cable = cable;
    this.#dispatcher = dispatcher;
  }

  static async open({ server, ca, namespace, faultAt }: GateOptions): Promise<ApiGate> {
    const cable = await openTcpProxy(server);
    const dispatcher = new Agent({ connect: { ca } });
    const journal = new Journal();
    const wire = {
      ...{ server: cable.url, dispatcher, namespace, journal, history: new Oblivion() },
      writesAtOnce: Number.POSITIVE_INFINITY,
      faultAt,
      replace: async () => {},
      held: async () => {},
      seen: async (entry: Entry, answer: Answer) => gate.#see(entry, answer, journal),
    };
    const gate: ApiGate = new ApiGate(await ApiProxy.open(wire, () => {}), cable, dispatcher);
    return gate;
  }

  get url(): string {
    return this.#proxy.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#proxy.cut();
    this.cable[Symbol.dispose]();
    await this.#dispatcher.destroy();
  }

  #see(entry: Entry, answer: Answer, journal: Journal): void {
    this.requests++;
    if (isWrite(entry)) this.writes++;
    this.counters.see(entry, answer);
    // Hours of requests would fill the memory.
    journal.entries.length = 0;
  }
}
