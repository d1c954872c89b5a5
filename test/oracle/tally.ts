import { explanationOf, isUnsafe, type Pair } from './explained.ts';

/** One expression or policy on one object, as both sides judged it. */
export interface Case extends Pair {
  readonly expression: string;
  /** What it was judged on, or `load`. */
  readonly object: string;
  /** Why a difference is none to mend, where that is known. */
  readonly reason?: string | undefined;
}

/** More differences are counted only. */
const MAX_SHOWN = 200;

/** Counts cases and tells differences, each expression once. */
export class Tally {
  cases = 0;
  /** Without those that are explained. */
  differences = 0;
  unsafe = 0;
  readonly #explained = new Map<string, number>();
  readonly #shown = new Set<string>();
  readonly #tell: (line: string) => void;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  count(one: Case): void {
    this.countAll(1, () => (one.ours === one.theirs ? [] : [one]));
  }

  /** Counts several cases, of which those that differ are given. */
  countAll(cases: number, differing: () => readonly Case[]): void {
    this.cases += cases;
    for (const one of differing()) this.#differ(one);
  }

  progress(): void {
    this.#tell(`  … ${this.last()}`);
  }

  /** Tells of a difference that was counted. */
  note(text: string): void {
    this.#tell(text);
  }

  /** The line that scripts read. */
  last(): string {
    return `${this.cases} cases, ${this.differences} differences, ${this.unsafe} unsafe`;
  }

  /** What was explained, and how often. */
  explained(): string[] {
    return [...this.#explained].map(([reason, times]) => `explained ${times} times: ${reason}`);
  }

  #differ(one: Case): void {
    const reason = one.reason ?? explanationOf(one);
    if (reason !== undefined) {
      this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1);
      return;
    }
    this.differences++;
    if (isUnsafe(one)) this.unsafe++;
    if (this.#shown.has(one.expression) || this.#shown.size >= MAX_SHOWN) return;
    this.#shown.add(one.expression);
    this.#tell(
      `✗${isUnsafe(one) ? ' UNSAFE' : ''} ${one.object}: ${one.expression}\n    ours:   ${one.ours}\n    theirs: ${one.theirs}`,
    );
  }
}
