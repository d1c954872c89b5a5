import { readFile } from 'node:fs/promises';
import type { JsonObject } from '../../policies/objects/index.ts';
import { parseYaml } from '../../policies/yaml.ts';

/** Returns the documents of a YAML file, as kubectl reads it. */
export async function documentsOf(path: string): Promise<JsonObject[]> {
  const file = parseYaml(await readFile(path, 'utf8'), path);
  if (file.kind === 'broken') throw new Error(JSON.stringify(file.problem));
  return file.documents.map(({ value }) => value as JsonObject);
}
