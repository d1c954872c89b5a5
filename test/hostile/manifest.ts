/** Returns a WebApp's file. */
export function manifest(name: string, more = ''): string {
  return `apiVersion: example.com/v1\nkind: WebApp\nmetadata: {name: ${name}}\nspec:\n  image: nginx:1.27\n${more}`;
}
