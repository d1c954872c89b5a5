import { messageOf } from '../gitops/errors.ts';

const EXIT_OUTSIDE_FAILURE = 3;

/** Runs a command; when it throws, says why in one line and ends the process with code 3. */
export async function main(run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    process.stderr.write(`✗ ${messageOf(error)}\n`);
    process.exit(EXIT_OUTSIDE_FAILURE);
  }
}
