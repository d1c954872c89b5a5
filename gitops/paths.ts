// Folders as a person writes them: `./apps/`, `apps` and `.//apps` are the same.

/** Returns the names on the way to a file or folder. */
export function namesOn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Returns the path with nothing but names in it; '' is the root. */
export function plainPath(path: string): string {
  return namesOn(path).join('/');
}

/** Returns whether a plain path is the folder itself, or below it. */
export function isIn(folder: string, path: string): boolean {
  const root = plainPath(folder);
  return path === root || path.startsWith(`${root}/`);
}
