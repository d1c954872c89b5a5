// Texts as Go handles them where the API server's answers show it.

const SPACE =
  '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const START = new RegExp(`^${SPACE}+`);

/** Takes white space off both ends; unlike trim(), it leaves a byte order mark and takes U+0085. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && START.test(text.charAt(end - 1))) end--;
  return text.slice(0, end).replace(START, '');
}

/** Returns the number of bytes of the text in UTF-8, which is what the API server's limits count. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Cuts the text after so many bytes; what is left of a character cut in two shows as U+FFFD. */
export function cutBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit) return text;
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= limit ? text : new TextDecoder().decode(bytes.subarray(0, limit));
}

/** Returns the JSON that Go makes: safe within HTML, so with the characters of tags in long form. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, longForm);
}

function longForm(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Returns the text in double quotes as Go's %q prints the names of objects. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
