import { explanationOf, isUnsafe, type Pair } from './explained.ts';

/** One expression or policy on one object, on which the sides differ. */
export interface Difference extends Pair {
  /** The expression or policy. */
  readonly what: string;
  /** What it was judged on, or `load`. */
  readonly on: string;
  /** Why it is none to mend, where that is known from elsewhere. */
  readonly reason?: string | undefined;
  /** What helps to find the cause, line by line. */
  readonly notes?: readonly string[];
}

/** Counts cases and tells differences, each expression once. */
export class Tally {
  cases = 0;
  /** Without those that are explained. */
  differences = 0;
  unsafe = 0;
  readonly #explained = new Map<string, number>();
  readonly #told = new Set<string>();
  readonly #tell: (line: string) => void;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Counts cases; those among them that differ are told of by differ(). */
  agree(cases = 1): void {
    this.cases += cases;
  }

  differ(one: Difference): void {
    const reason = one.reason ?? explanationOf(one);
    if (reason !== undefined) {
      this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1);
      return;
    }
    this.differences++;
    if (isUnsafe(one)) this.unsafe++;
    if (this.#told.has(one.what)) return;
    this.#told.add(one.what);
    const lines = [`ours:   ${one.ours}`, `theirs: ${one.theirs}`, ...(one.notes ?? [])];
    const sign = isUnsafe(one) ? '✗ UNSAFE' : '✗';
    this.#tell([`${sign} ${one.on}: ${one.what}`, ...lines].join('\n    '));
  }

  progress(): void {
    this.#tell(`  … ${this.last()}`);
  }

  /** The line that scripts read. */
  last(): string {
    return `${this.cases} cases, ${this.differences} differences, ${this.unsafe} unsafe`;
  }

  /** What was explained, and how often. */
  explained(): string[] {
    return [...this.#explained].map(([reason, times]) => `explained ${times} times: ${reason}`);
  }
}
