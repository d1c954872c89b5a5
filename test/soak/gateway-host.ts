// A real Pushgateway that can be taken away and given back under the same address; it keeps nothing, so that it comes back empty.
import { freePort } from '../../infra/free-port.ts';
import { type RunningPushgateway, startPushgateway } from '../../infra/pushgateway/start.ts';

const JOB = 'webapp-functions';

export class GatewayHost implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  #running: RunningPushgateway | undefined;

  constructor(port: number) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<GatewayHost> {
    const host = new GatewayHost(await freePort());
    await host.comeBack();
    return host;
  }

  async comeBack(): Promise<void> {
    this.#running = await startPushgateway(this.#port);
  }

  async leave(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
    this.#running = undefined;
  }

  /** Returns how many processes have pushed to it since it came back. */
  async pushers(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('push_time_seconds{'));
    return lines.filter((line) => line.includes(`job="${JOB}"`)).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }
}
