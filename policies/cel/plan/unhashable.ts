import { CostPanic } from '../library.ts';
import { goTypeName } from '../values/go-type-name.ts';
import { Bytes, Opaque, type Value } from '../values/values.ts';

const UNHASHABLE: ReadonlySet<string> = new Set(['cel.Format', 'cel.Semver']);

/**
 * Go's maps cannot hold some values as keys, and cel-go finds that out too late to make it an ordinary error.
 *
 * @throws CostPanic for such a value
 */
export function refuseUnhashable(key: Value): void {
  if (!(key instanceof Bytes || key instanceof Opaque)) return;
  const type = goTypeName(key);
  if (key instanceof Opaque && !UNHASHABLE.has(type)) return;
  throw new CostPanic(`internal error: runtime error: hash of unhashable type ${type}`);
}
