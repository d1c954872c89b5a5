// What to do about a WebApp's children, as a value. Nothing here has a client.

import { diff, type FieldChange, staleFields } from '../diff.ts';
import { CHILD_KINDS, DEPLOYMENT, type Kind } from '../kinds.ts';
import { appliedFields, type KubeObject } from '../objects.ts';
import { OPERATOR, type WebApp } from '../webapp.ts';
import { desiredChildren } from './children.ts';
import { isOwned, refuseStranger, releasePatch } from './ownership.ts';
import { portRepair } from './port-repair.ts';
import { wantedKinds } from './visit.ts';

/** One write. Each carries the live object it was planned against, whose uid and resourceVersion condition it. */
export type Change =
  | { readonly kind: 'create'; readonly of: Kind; readonly desired: KubeObject }
  | {
      readonly kind: 'apply';
      readonly of: Kind;
      readonly desired: KubeObject;
      readonly live: KubeObject;
      /** A strategic merge patch to be made before, of what an apply cannot take away. */
      readonly first?: object;
      readonly fields: readonly FieldChange[];
    }
  | {
      readonly kind: 'patch';
      readonly of: Kind;
      readonly patch: object;
      readonly live: KubeObject;
      readonly fields: readonly FieldChange[];
    }
  | { readonly kind: 'delete'; readonly of: Kind; readonly live: KubeObject };

/** The live children that were read, by kind; undefined for one that is not there. Kinds not read are left alone. */
export type Children = ReadonlyMap<string, KubeObject | undefined>;

/**
 * Returns the writes that bring the children that were read to what the WebApp asks for.
 * Throws PermanentError when a name is held by an object that is not the WebApp's.
 */
export function plan(webapp: WebApp, live: Children): Change[] {
  const desired = desiredChildren(webapp, live.get(DEPLOYMENT.kind));
  return CHILD_KINDS.filter(({ kind }) => live.has(kind)).flatMap((of) => {
    const wanted = desired.find(({ kind }) => kind === of.kind);
    const there = live.get(of.kind);
    return wanted
      ? planChild(webapp, of, { desired: wanted, live: there })
      : planGone(webapp, of, there);
  });
}

interface Pair {
  readonly desired: KubeObject;
  readonly live: KubeObject | undefined;
}

function planChild(webapp: WebApp, of: Kind, { desired, live }: Pair): Change[] {
  if (live === undefined) return [{ kind: 'create', of, desired }];
  refuseStranger(webapp, live);
  const changes = changesOf(of, desired, live);
  const first = releasePatch(webapp, live);
  return first ? [release(of, { desired, live }, { first, changes })] : changes;
}

interface Release {
  readonly first: object;
  readonly changes: readonly Change[];
}

function release(
  of: Kind,
  { desired, live }: { desired: KubeObject; live: KubeObject },
  { first, changes }: Release,
): Change {
  const path = 'metadata.ownerReferences';
  const reference = { path, from: live.metadata.ownerReferences, to: undefined };
  const rest = changes.flatMap((change) => ('fields' in change ? change.fields : []));
  return { kind: 'apply', of, desired, live, first, fields: [reference, ...rest] };
}

/** Returns the kinds of children that are wanted and on their way out. The event of their end has them made anew. */
export function leavingOf(webapp: WebApp, live: Children): Kind[] {
  return wantedKinds(webapp).filter(
    ({ kind }) => live.get(kind)?.metadata.deletionTimestamp !== undefined,
  );
}

/** Returns the write that brings one live child to `desired`, if one is needed. */
export function changesOf(of: Kind, desired: KubeObject, live: KubeObject): Change[] {
  // What is written to a child on its way out goes with it (leavingOf).
  if (live.metadata.deletionTimestamp !== undefined) return [];
  const fields = [...diff(desired, live), ...removals(desired, live)];
  if (fields.length === 0) return [];
  const patch = portRepair(desired, live);
  return [
    patch
      ? { kind: 'patch', of, patch, live, fields }
      : { kind: 'apply', of, desired, live, fields },
  ];
}

function removals(desired: KubeObject, live: KubeObject): FieldChange[] {
  const owned = appliedFields(live, OPERATOR) ?? {};
  return staleFields(desired, owned).map((path) => ({
    path: path.slice(1),
    from: 'set by us before',
    to: undefined,
  }));
}

function planGone(webapp: WebApp, of: Kind, live: KubeObject | undefined): Change[] {
  const ours = live && isOwned(webapp, live);
  if (!ours || live.metadata.deletionTimestamp !== undefined) return [];
  return [{ kind: 'delete', of, live }];
}
