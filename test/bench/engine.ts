/** What an expression gives: true, false or an error. */
export interface Verdict {
  readonly value: string;
  /** Units, as the API server counts them; undefined where an engine does not count. */
  readonly cost?: number;
}

/** A way to evaluate CEL. All figures are of one second, measured for some milliseconds. */
export interface Engine {
  readonly name: string;
  /** Tells whether it has all functions of an expression. */
  knows(expression: string): boolean;
  verdict(expression: string, json: string): Promise<Verdict>;
  /** How often a compiled expression is evaluated on an object that was read before. */
  evaluations(expression: string, json: string, milliseconds: number): Promise<number>;
  compilations(expression: string, milliseconds: number): Promise<number>;
  /** How often the object is made from its JSON. */
  readings(json: string, milliseconds: number): Promise<number>;
}

/** What was computed last, so that it cannot be left out. */
export const kept: { result: unknown } = { result: undefined };

/** Repeats work and returns how often it was done in a second. The clock is read about once in a millisecond. */
export function perSecond(milliseconds: number, work: () => unknown): number {
  const start = performance.now();
  for (let done = 0, batch = 1; ; ) {
    const before = performance.now();
    for (let i = 0; i < batch; i++) kept.result = work();
    done += batch;
    const now = performance.now();
    if (now - start >= milliseconds) return (done * 1000) / (now - start);
    if (now - before < 1) batch *= 2;
  }
}
