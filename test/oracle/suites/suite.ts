/**
 * Suites: folders with policies and the objects to judge by them.
 *
 * - policies.yaml: policies and bindings
 * - cluster.yaml: what is there before: namespaces, definitions, parameters
 * - admitted.yaml, denied.yaml: objects to create, with what the API server must say of them
 * - admitted-updates.yaml, denied-updates.yaml: pairs of objects, as they are and as they are to be
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../../gitops/objects.ts';

export interface Example {
  readonly object: KubeObject;
  /** The object to be updated. */
  readonly before?: KubeObject | undefined;
  /** What the API server must say, so that nobody compares silence with silence; undefined: whatever it says. */
  readonly expected?: 'admitted' | 'denied';
}

export interface Suite {
  readonly name: string;
  /** Policies and bindings. */
  readonly policies: readonly KubeObject[];
  readonly cluster: readonly KubeObject[];
  readonly examples: readonly Example[];
}

/** Reads the suites of a folder, in the order of their names. */
export async function readSuites(folder: string): Promise<Suite[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readSuite(join(folder, name), name)));
}

async function readSuite(folder: string, name: string): Promise<Suite> {
  const read = (file: string) => readObjects(join(folder, file));
  const [policies, cluster] = await Promise.all([read('policies.yaml'), read('cluster.yaml')]);
  const examples = await Promise.all(
    (['admitted', 'denied'] as const).map(async (expected) => [
      ...(await read(`${expected}.yaml`)).map((object): Example => ({ object, expected })),
      ...pairs(await read(`${expected}-updates.yaml`), expected),
    ]),
  );
  return { name, policies, cluster, examples: examples.flat() };
}

/** Returns the objects of a YAML file; a file that is not there has nothing in it. */
export async function readObjects(path: string): Promise<KubeObject[]> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : '';
  return (loadAll(text) as (KubeObject | null)[]).filter((each) => each !== null);
}

function pairs(objects: readonly KubeObject[], expected: 'admitted' | 'denied'): Example[] {
  return objects.flatMap((object, index) =>
    index % 2 === 0 ? [] : [{ before: objects[index - 1], object, expected }],
  );
}
