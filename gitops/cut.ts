/**
 * Returns at most `limit` UTF-16 units of a text, and no half of a character: the API server refuses a whole body for one,
 * and with it the status that would have told of the failure.
 */
export function cut(text: string, limit: number): string {
  return text.slice(0, limit).toWellFormed();
}
