// The event source of a run. A round waits until the cluster is calm, tells of what differs from the round before, one
// event after the other, and that again until nothing differs. So events come in the same order in every run.
import { Courier } from './courier.ts';
import { eventsBetween, type Message, pushTo, tickNow } from './messages.ts';
import type { EventFault } from './plan.ts';
import type { Stage } from './stage.ts';
import type { State } from './state.ts';

/** Rounds that one change may bring; the scenario needs at most 5. */
const MAX_ROUNDS = 12;

/** Tells the functions of all that happens in the namespace of a stage. */
export class Driver implements Disposable {
  /** What was told at its time, in its order. */
  readonly told: Message[] = [];
  readonly courier: Courier;
  eventFault: (id: string) => EventFault | undefined = () => undefined;
  readonly #stage: Stage;
  readonly #late: Message[] = [];
  #known: State = new Map();

  private constructor(stage: Stage, courier: Courier) {
    this.#stage = stage;
    this.courier = courier;
  }

  static async start(stage: Stage): Promise<Driver> {
    return new Driver(stage, await Courier.start(stage));
  }

  /** Delivers all there is to tell, until nothing is. */
  async settle(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const state = await this.#stage.calm();
      const events = eventsBetween(this.#known, state, this.#name);
      this.#known = state;
      if (events.length === 0) return;
      await this.#deliver(events);
    }
    this.#stage.watch.report('bounded', `still events after ${MAX_ROUNDS} rounds`);
  }

  /** Lets what is held up or late come in, and settles. */
  async catchUp(): Promise<void> {
    await this.courier.catchUp();
    await this.repeat(this.#late.splice(0));
    await this.settle();
  }

  /** Tells of a push as the Git server would. */
  async push(): Promise<void> {
    await this.#deliver([pushTo(this.#stage.repository.url, this.#name)]);
  }

  async tick(): Promise<void> {
    await this.courier.send(tickNow(this.#name));
  }

  /** Tells all of it again. */
  async repeat(messages: readonly Message[]): Promise<void> {
    for (const message of messages) await this.courier.send(message);
  }

  [Symbol.dispose](): void {
    this.courier[Symbol.dispose]();
  }

  #name = (what: string) => this.#stage.journal.nameOf(what);

  async #deliver(messages: readonly Message[]): Promise<void> {
    const queue = messages.map((message) => ({ message, fault: this.eventFault(message.id) }));
    const swapped = queue.findIndex(({ fault }) => fault === 'swap');
    if (swapped >= 0) queue.splice(swapped, 2, ...queue.slice(swapped, swapped + 2).reverse());
    for (const { message, fault } of queue) {
      if (fault === 'late') this.#late.push(message);
      if (fault === 'drop' || fault === 'late') continue;
      this.told.push(message);
      await this.courier.send(message, fault === 'down');
      if (fault === 'double') await this.courier.send(message);
    }
  }
}
