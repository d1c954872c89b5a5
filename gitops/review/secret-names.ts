// Variables whose names say that their values are better not repeated where everybody reads.
import { isFields } from '../diff.ts';

const SECRET_NAME = /secret|token|passw|credential|private|api_?key/i;

/** Returns whether such a name is in the text. */
export function namesSecret(text: string): boolean {
  return SECRET_NAME.test(text);
}

/** Returns a value with those of such variables hidden, however deep they stand. */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (!isFields(value)) return value;
  const hides = typeof value.name === 'string' && namesSecret(value.name);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      hides && key === 'value' ? '(hidden)' : hideSecrets(field),
    ]),
  );
}

/** A value in a file: behind its key, up to the end of the line or of the braces. */
const VALUE = /(\bvalue["']?\s*:\s*)([^\s{[][^,}]*)/g;

/** Returns lines of a file with the values of such variables hidden: the name stands on the same line or the next to it. */
export function withoutSecrets(lines: readonly string[]): string[] {
  return lines.map((line, at) => {
    const near = lines.slice(Math.max(0, at - 1), at + 2).join('\n');
    return namesSecret(near) ? line.replace(VALUE, '$1(hidden)') : line;
  });
}
