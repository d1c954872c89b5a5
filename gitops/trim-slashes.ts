/** Returns an address without the slashes at its end, of which there may be any number: it is gone through once. */
export function trimSlashes(url: string): string {
  return url.replace(/(?<!\/)\/+$/, '');
}
