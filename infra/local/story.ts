// What the one who typed `npm start` reads: a line for each step, with the seconds it took.

const NAME_WIDTH = 64;

/** Prints steps and remembers their seconds for the summary. */
export class Story {
  readonly seconds: Record<string, number> = {};
  readonly #begin = performance.now();

  /** Returns the seconds since the story began. */
  elapsed(): number {
    return since(this.#begin);
  }

  say(line = ''): void {
    process.stdout.write(`${line}\n`);
  }

  /** Prints a finished step; with a key its seconds go into the summary. */
  done(text: string, seconds: number, key?: string): void {
    if (key) this.seconds[key] = seconds;
    this.say(`✔ ${text.padEnd(NAME_WIDTH)} ${seconds.toFixed(1).padStart(6)} s`);
  }

  /** Runs one step and prints it with its time; a failure goes on to the caller. */
  async step<T>(key: string, work: () => Promise<T>, text: (result: T) => string): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.done(text(result), since(start), key);
    return result;
  }
}

/** Returns the seconds since a moment of performance.now(), to the millisecond. */
export function since(start: number): number {
  return Math.round(performance.now() - start) / 1_000;
}
