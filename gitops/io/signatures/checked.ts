import { messageOf, PermanentError } from '../../errors.ts';

/** What one signature turned out to be. */
export type Checked =
  | { readonly kind: 'good'; readonly signer: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** Returns the error for a key of the source that cannot be read. */
export function noKey(field: string, wanted: string, cause: unknown): PermanentError {
  const message = `${field} is no ${wanted}: ${messageOf(cause)}`;
  return new PermanentError('InvalidSource', message, { cause });
}
