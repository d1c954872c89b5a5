// Delivers one message after the other to the functions, starts them again when they are gone, and sees to it that an
// answer of 2xx was true.
import type { Incarnation } from './incarnation.ts';
import type { Message } from './messages.ts';
import type { Stage } from './stage.ts';

/** How often a message is delivered that nobody takes. */
const MAX_TRIES = 5;

/** Keeps one incarnation of the functions at a time to deliver to. */
export class Courier implements Disposable {
  /** Whether a delivery that failed for a crash is given up. */
  givesUp = false;
  /** Whether a delivery that met a fault is made again, to see that its answer was right. */
  checksAnswers = true;
  afterFault: () => void = () => {};
  readonly #stage: Stage;
  #incarnation: Incarnation;
  /** Deliveries whose write is held up, and who makes them. */
  readonly #pending: Promise<unknown>[] = [];
  readonly #left: Incarnation[] = [];

  private constructor(stage: Stage, incarnation: Incarnation) {
    this.#stage = stage;
    this.#incarnation = incarnation;
  }

  static async start(stage: Stage): Promise<Courier> {
    return new Courier(stage, await stage.start());
  }

  /** Delivers until somebody takes it. `down` lets the API server be away for the first time. */
  async send(message: Message, down = false): Promise<void> {
    this.#incarnation.proxy.down = down;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const before = this.#stage.met.length;
      const end = await this.#try(message);
      if (end === 'over' && this.givesUp) return;
      if (end !== 'done') continue;
      return this.#afterwards(message, this.#stage.met.slice(before), down);
    }
  }

  /** Lets what is held up come to its end. */
  async catchUp(): Promise<void> {
    this.#stage.release();
    await Promise.all(this.#pending.splice(0));
  }

  /** Ends the process and starts another one, which remembers nothing. */
  async restart(): Promise<void> {
    this.#incarnation[Symbol.dispose]();
    this.#incarnation = await this.#stage.start();
  }

  [Symbol.dispose](): void {
    for (const incarnation of [...this.#left, this.#incarnation]) incarnation[Symbol.dispose]();
  }

  async #try(message: Message): Promise<'done' | 'again' | 'over' | 'held'> {
    this.#stage.journal.delivery++;
    const incarnation = this.#incarnation;
    const sent = message.send(incarnation).then(({ kind }) => kind);
    const end = await Promise.race([sent, incarnation.over, this.#stage.held.promise]);
    incarnation.proxy.down = false;
    if (end === 'held') await this.#leave(sent);
    if (end === 'over') await this.restart();
    return end === 'refused' ? 'done' : end;
  }

  /** The instance goes on with its delivery by itself; whoever waited for an answer asks another one. */
  async #leave(sent: Promise<unknown>): Promise<void> {
    this.#pending.push(sent);
    this.#left.push(this.#incarnation);
    this.#stage.held = Promise.withResolvers();
    this.#incarnation = await this.#stage.start();
  }

  async #afterwards(message: Message, met: readonly string[], down: boolean): Promise<void> {
    // One who was shown an old world cannot know.
    const knew = met.length > 0 && !met.some((fault) => fault.startsWith('stale'));
    if (this.checksAnswers && (knew || down)) await this.#checkAnswer(message);
    if (met.length > 0) this.afterFault();
  }

  /** An answer of 2xx says that nothing is left to do now, so the same message brings no write. A tick comes again anyway. */
  async #checkAnswer({ id, send }: Message): Promise<void> {
    if (id.includes('/tick')) return;
    const { journal, watch } = this.#stage;
    const before = journal.writes().length;
    journal.delivery++;
    await send(this.#incarnation);
    const [late] = journal.writes().slice(before);
    if (late) watch.report('answers', `${id} was answered 2xx, and ${late.id} was still to do`);
  }
}
