// How the time of one attempt is divided, whatever it is spent on: it is made once, where the attempt begins.

/** The rest of the work's time is for the writes under way, and for the status of what was done. */
const BEGINNING_SHARE = 0.6;
/** The rest of all is for counting a failure and telling it: what took the time of the work cannot take that, too. */
const WORK_SHARE = 0.8;

/** The ends of one attempt, in their order. */
export interface AttemptTime {
  /** Ends what is read from Git. */
  readonly beginning: AbortSignal;
  /** Whether that is over, and nothing more is begun. */
  readonly isOver: () => boolean;
  /** Ends all work. */
  readonly work: AbortSignal;
  /** Ends the attempt. */
  readonly all: AbortSignal;
}

/** Returns the time of an attempt that begins now and may last so many milliseconds. */
export function attemptTime(timeoutMs: number): AttemptTime {
  const after = (share: number) => AbortSignal.timeout(Math.ceil(timeoutMs * share));
  // By the clock itself: what is done without waiting for anything lets no timer fire.
  const end = performance.now() + timeoutMs * BEGINNING_SHARE;
  return {
    beginning: after(BEGINNING_SHARE),
    isOver: () => performance.now() > end,
    work: after(WORK_SHARE),
    all: after(1),
  };
}
