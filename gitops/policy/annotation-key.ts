/** Longest name of a qualified name, as Kubernetes has it. */
const MAX = 63;

/**
 * Returns the key of an audit annotation, such as policy/key, as a webhook may use it: the API server puts the webhook's
 * name and a slash before it, and throws away what is no qualified name then. One that is too long loses its beginning,
 * as the end says more.
 */
export function annotationKey(key: string): string {
  return key
    .replaceAll('/', '.')
    .slice(-MAX)
    .replace(/^[^A-Za-z0-9]+/, '');
}
