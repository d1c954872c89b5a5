import { Command, InvalidArgumentError } from 'commander';

/** A wrong option is nothing that was found; as in functions/cli.ts. */
const EXIT_USAGE = 2;

/** Returns the command line of a script of package.json: `--help` ends it with 0, what it does not know with 2. */
export function scriptCommand(script: string, description: string): Command {
  return new Command(`${script} --`)
    .description(description)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
}

/** Reads the value of an option that is a whole number, 0 or above. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** Reads the value of an option that is a whole number, 1 or above. */
export function countingNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be above 0.');
  return value;
}

/** Reads the value of an option that is a number above 0, such as minutes. */
export function aboveZero(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
