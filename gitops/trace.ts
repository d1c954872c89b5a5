/** What is known of the work under way; a line of the log and a span have the same names for it. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** What asked for a visit: a W3C traceparent that was left on the object. Anybody may have written it: it is any text. */
export interface Origin {
  readonly traceparent: string;
  /** Whether the visit is the first to answer it, so that it goes on with its trace; later ones only point at it. */
  readonly isNews: boolean;
}

/** A part of the work: its name, and whether it is a request to somebody else. */
export interface Part {
  readonly name: string;
  readonly isRequest?: boolean;
  readonly facts?: Facts;
}

/** Follows the work that is under way. functions/telemetry has the real one; nothing here may change what is done. */
export interface Trace {
  /** Runs a part of the work, which may tell what else becomes known of it, and returns what it gives. */
  part<T>(part: Part, work: (tell: (facts: Facts) => void) => Promise<T>): Promise<T>;
  /** Says that the visit under way has something to do, and of what; once more where it has to start over. */
  begin(facts: Facts, origin: Origin | undefined): void;
  /** Adds what has become known of the visit. */
  note(facts: Facts): void;
  /** Returns the W3C traceparent by which others may go on; undefined where nothing is traced. */
  traceparent(): string | undefined;
}

/** Follows nothing. */
export const UNTRACED: Trace = {
  part: (_part, work) => work(() => {}),
  begin() {},
  note() {},
  traceparent: () => undefined,
};
