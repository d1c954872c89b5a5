/** Takes one line for a human who waits; lines carry no line feed. */
export type Log = (line: string) => void;

/** Writes a line to stderr, so that stdout stays free for what a command returns. */
export const logToStderr: Log = (line) => {
  process.stderr.write(`${line}\n`);
};

const secondsBetweenLines = 15;

/** Says what is being done, and every 15 seconds how long it has taken; returns what `work` gives. */
export async function withProgress<T>(what: string, log: Log, work: () => Promise<T>): Promise<T> {
  log(`► ${what}`);
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += secondsBetweenLines;
    log(`  … still at it after ${seconds} s`);
  }, secondsBetweenLines * 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
