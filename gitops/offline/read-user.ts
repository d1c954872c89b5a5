// userInfo of a request, as a person writes it.
import type { UserInfo } from '../../policies/index.ts';
import { items, objectWith, text, texts } from '../../policies/vap/load/decode.ts';
import type { Field } from '../../policies/vap/load/field.ts';

/** Returns who asks; undefined where the field is no object. What does not fit is a problem. */
export function readUser(field: Field): UserInfo | undefined {
  if (objectWith(field, ['username', 'uid', 'groups', 'extra']) === undefined) return undefined;
  const username = text(field.get('username'));
  const uid = text(field.get('uid'));
  const extra = readExtra(field.get('extra'));
  return {
    ...(username !== undefined && { username }),
    ...(uid !== undefined && { uid }),
    ...(items(field.get('groups')).length > 0 && { groups: texts(field.get('groups')) }),
    ...(extra && { extra }),
  };
}

function readExtra(field: Field): Record<string, string[]> | undefined {
  if (field.missing || typeof field.value !== 'object') return undefined;
  const keys = Object.keys(field.value ?? {});
  return Object.fromEntries(keys.map((key) => [key, texts(field.get(key))]));
}
