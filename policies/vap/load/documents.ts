// Files -> the objects in them, Lists taken apart.
import type { Problem } from '../../problem.ts';
import { parseYaml } from '../../yaml.ts';
import type { Path } from '../../yaml-positions.ts';
import { Field, isObject } from './field.ts';

export interface PolicyFile {
  /** As findings name it. */
  readonly path: string;
  readonly text: string;
}

/** Yields the root of every object of the file; a file that cannot be read is a finding. */
export function* objectsOf({ path, text }: PolicyFile, problems: Problem[]): Generator<Field> {
  const file = parseYaml(text, path, 'exact');
  if (file.kind === 'broken') {
    problems.push(file.problem);
    return;
  }
  for (const document of file.documents) {
    if (document.value === null || document.value === undefined) continue;
    const at = (root: Path, value: unknown) => new Field({ path, document, root, problems }, value);
    if (!isList(document.value)) yield at([], document.value);
    else yield* document.value.items.map((item, index) => at(['items', index], item));
  }
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  if (!isObject(value) || typeof value.kind !== 'string') return false;
  return value.kind.endsWith('List') && Array.isArray(value.items);
}
