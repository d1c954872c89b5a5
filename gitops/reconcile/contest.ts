// Two controllers that set the same field would undo each other's work for ever, at each event. After a few times the visit
// fails instead: then back-off paces it, and status and event name the other.
import { RetryableError } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { OPERATOR, type WebApp } from '../webapp.ts';
import type { Change } from './plan.ts';
import { isAnswered } from './visit.ts';

/** When this process put a child right, in milliseconds since the epoch, by uid of its WebApp and kind. May forget anything. */
export interface Corrections {
  get(child: string): readonly number[] | undefined;
  set(child: string, times: readonly number[]): unknown;
}

/** More than hands make, and less than an autoscaler that somebody points at a Deployment of ours: it acts each 15 s. */
const MOST = 5;
const WITHIN_MS = 2 * 60_000;

/** What was put right lately, and when it is. */
export interface Lately {
  readonly corrections: Corrections;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Returns the changes that would put a child right once more that has been so five times within two minutes. */
export function contestedIn(
  webapp: WebApp,
  changes: readonly Change[],
  lately: Lately,
): readonly Change[] {
  if (!isAnswered(webapp)) return [];
  return changes.filter(({ of }) => timesOf(webapp, of, lately).length >= MOST);
}

/** Returns the failure of a visit that leaves these changes out; undefined where there are none. */
export function contestOver(webapp: WebApp, [contested]: readonly Change[]) {
  return contested && new RetryableError('Contested', told(webapp, contested));
}

/** Counts changes that were made though the WebApp asks for nothing new. */
export function noteCorrections(webapp: WebApp, changes: readonly Change[], lately: Lately): void {
  if (!isAnswered(webapp)) return;
  const { corrections, now } = lately;
  for (const { of } of changes)
    corrections.set(keyOf(webapp, of), [...timesOf(webapp, of, lately), now]);
}

function timesOf(webapp: WebApp, of: Kind, { corrections, now }: Lately): readonly number[] {
  const times = corrections.get(keyOf(webapp, of)) ?? [];
  return times.filter((time) => now - time < WITHIN_MS);
}

function keyOf({ metadata }: WebApp, { kind }: Kind): string {
  return `${metadata.uid} ${kind}`;
}

function told({ metadata }: WebApp, change: Change): string {
  const child = `${change.of.kind} ${metadata.name}`;
  const again =
    'fields' in change
      ? `${change.fields[0]?.path} was changed again by ${otherThanUs(change.live)}`
      : 'it was changed again';
  return `${child} was put right ${MOST} times within two minutes, and ${again}: no two may decide on the same`;
}

/** Returns who wrote last, by managedFields. An autoscaler writes a subresource, scale. */
function otherThanUs({ metadata: { managedFields = [] } }: KubeObject): string {
  const [last] = managedFields
    .filter(({ manager, subresource }) => manager !== OPERATOR && subresource !== 'status')
    .sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''));
  return last?.manager === undefined ? 'somebody' : `"${last.manager}"`;
}
