import { explanationOf, isUnsafe, type Pair } from './explained.ts';

/** One expression or policy on one object, as both sides judged it. */
export interface Case extends Pair {
  readonly object: string;
}

const MAX_SHOWN = 200;

/** Counts cases and tells differences, each once. */
export class Tally {
  cases = 0;
  differences = 0;
  unsafe = 0;
  readonly #explained = new Map<string, number>();
  readonly #shown = new Set<string>();
  readonly #tell: (line: string) => void;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  count(one: Case): void {
    this.cases++;
    if (one.ours !== one.theirs) this.#differ(one);
  }

  /** Whether an expression may be written at all; what only we refuse cannot do harm. */
  load(expression: string, ours: string | undefined, theirs: string | undefined): void {
    this.cases++;
    if ((ours === undefined) === (theirs === undefined)) return;
    const [own, their] = [
      ours === undefined ? 'loaded' : `refused: ${ours}`,
      theirs === undefined ? 'loaded' : `refused: ${theirs}`,
    ];
    this.#differ({ expression, object: '(load)', ours: own, theirs: their });
  }

  progress(): void {
    this.#tell(`  … ${this.last()}`);
  }

  /** The line that scripts read. */
  last(): string {
    return `${this.cases} cases, ${this.differences} differences, ${this.unsafe} unsafe`;
  }

  /** What was explained away, and how often. */
  explained(): string[] {
    return [...this.#explained].map(([reason, times]) => `explained ${times} times: ${reason}`);
  }

  #differ(one: Case): void {
    if (isUnsafe(one)) this.unsafe++;
    const reason = explanationOf(one);
    if (reason !== undefined && !isUnsafe(one)) {
      this.#explained.set(reason, (this.#explained.get(reason) ?? 0) + 1);
      return;
    }
    this.differences++;
    const key = one.expression;
    if (this.#shown.has(key) || this.#shown.size >= MAX_SHOWN) return;
    this.#shown.add(key);
    const sign = isUnsafe(one) ? '✗ UNSAFE' : '✗';
    this.#tell(
      `${sign} ${one.object}: ${one.expression}\n    ours:   ${one.ours}\n    theirs: ${one.theirs}`,
    );
  }
}
