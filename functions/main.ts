import { isPermanent, messageOf } from '../gitops/errors.ts';

const EXIT_CANNOT_JUDGE = 2;
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

/** Runs a command that judges, and returns its exit code; what is wrong with what it was given is "cannot judge". */
export async function judged(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!isPermanent(error)) throw error;
    process.stderr.write(`✗ ${error.message}\n`);
    return EXIT_CANNOT_JUDGE;
  }
}
