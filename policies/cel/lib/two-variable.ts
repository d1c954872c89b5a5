import { type Library, overload } from '../library.ts';
import { twoVariableMacros } from '../macros/macros-two-variable.ts';
import { CelError, CelMap, type Key, type Value } from '../values/values.ts';
import { formatGoValue } from './go-value.ts';

/**
 * Maps that insertion made. Only the loop that a macro stands for has such a map and calls insertion, which no
 * expression can name, so it may grow in place.
 */
const growing = new WeakSet<CelMap>();

function grow(map: CelMap): CelMap {
  if (growing.has(map)) return map;
  const copy = CelMap.of(map);
  growing.add(copy);
  return copy;
}

function insert(map: CelMap, key: Key, value: Value): CelMap | CelError {
  if (map.has(key)) return alreadyThere(key);
  const grown = grow(map);
  grown.add(key, value);
  return grown;
}

function alreadyThere(key: Key): CelError {
  return new CelError(`insert failed: key ${formatGoValue(key)} already exists`);
}

function insertAll(map: CelMap, entries: CelMap): CelMap | CelError {
  const grown = grow(map);
  for (const [key, value] of entries) {
    if (grown.has(key)) return alreadyThere(key);
    grown.add(key, value);
  }
  return grown;
}

/** Macros with two loop variables, and what makes their maps. */
export const twoVariable: Library = {
  name: 'cel.lib.ext.comprev2',
  overloads: [
    overload(
      '@mapInsert_map_key_value',
      'cel.@mapInsert(map(<K>, <V>), <K>, <V>) -> map(<K>, <V>)',
      insert,
    ),
    overload(
      '@mapInsert_map_map',
      'cel.@mapInsert(map(<K>, <V>), map(<K>, <V>)) -> map(<K>, <V>)',
      insertAll,
    ),
  ],
  macros: twoVariableMacros,
};
