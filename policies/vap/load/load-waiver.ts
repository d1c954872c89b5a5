// PolicyWaiver: a committed object that excuses objects from a policy until a day.

import type { WaivedObject, Waiver } from '../waiver.ts';
import { items, objectWith, requiredText, text } from './decode.ts';
import { instantAfter } from './expiry.ts';
import type { Field } from './field.ts';
import { readMetadata } from './metadata.ts';

export const WAIVER_VERSION = 'example.com/v1';
export const WAIVER_KIND = 'PolicyWaiver';

/** Returns the waiver of a document; undefined where a part of it is missing or unclear, which is a finding. */
export function readWaiver(root: Field): Waiver | undefined {
  objectWith(root, ['apiVersion', 'kind', 'metadata', 'spec']);
  const metadata = readMetadata(root.get('metadata'), 'Namespaced');
  const spec = root.get('spec');
  if (objectWith(spec, ['policy', 'objects', 'reason', 'owner', 'expires']) === undefined) {
    if (spec.missing) spec.require();
    return undefined;
  }
  const policy = requiredText(spec.get('policy'));
  const objects = readObjects(spec.get('objects'));
  const reason = requiredText(spec.get('reason'));
  const owner = requiredText(spec.get('owner'));
  const expiry = readExpiry(spec.get('expires'));
  if (!(metadata && policy && reason && owner && expiry)) return undefined;
  const place = root.get('metadata').get('name').place();
  return { name: metadata.name, policy, objects, reason, owner, ...expiry, place };
}

function readObjects(field: Field): WaivedObject[] {
  if (items(field).length === 0) field.require('a waiver names its objects');
  return items(field).flatMap((item) => {
    if (item.missing) item.require();
    if (objectWith(item, ['apiVersion', 'kind', 'namespace', 'name']) === undefined) return [];
    const kind = requiredText(item.get('kind'));
    const name = requiredText(item.get('name'));
    const apiVersion = text(item.get('apiVersion'));
    const namespace = text(item.get('namespace'));
    if (!(kind && name)) return [];
    return {
      kind,
      name,
      place: item.place(),
      ...(apiVersion && { apiVersion }),
      ...(namespace && { namespace }),
    };
  });
}

function readExpiry(field: Field): Pick<Waiver, 'expires' | 'end'> | undefined {
  const expires = requiredText(field);
  if (expires === undefined) return undefined;
  const end = instantAfter(expires);
  if (end === undefined) {
    field.invalid(['must be a day (2026-12-31) or a time (2026-12-31T12:00:00Z)']);
    return undefined;
  }
  return { expires, end };
}
