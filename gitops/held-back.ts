// A WebApp whose new version the policies refused keeps the one it has. Which that was, and why the new one did not come,
// stands in an annotation: the sync writes it, the visit tells it in a condition.
import { cut } from './cut.ts';
import type { KubeObject } from './objects.ts';
import { ANNOTATION, annotation } from './webapp.ts';

export const HELD_BACK = 'HeldBack';

/** Longest message kept. */
const MAX_MESSAGE = 1_000;

export interface HeldBack {
  /** The commit that was refused, as branch@sha1:commit. */
  readonly revision: string;
  /** The commit that stays. */
  readonly kept: string;
  readonly message: string;
}

/** Returns the annotation's text. */
export function writeHeldBack({ revision, kept, message }: HeldBack): string {
  return JSON.stringify({ revision, kept, message: cut(message, MAX_MESSAGE) });
}

/** Returns what holds the WebApp back; undefined once another version was applied, and for a text that is none of ours. */
export function heldBackOf(webapp: KubeObject): HeldBack | undefined {
  const text = annotation(webapp, ANNOTATION.heldBack);
  if (text === '') return undefined;
  try {
    const read: unknown = JSON.parse(text);
    const { revision, kept, message } = read as Record<string, unknown>;
    if (typeof revision !== 'string' || typeof message !== 'string') return undefined;
    if (kept !== annotation(webapp, ANNOTATION.revision)) return undefined;
    return { revision, kept, message: cut(message, MAX_MESSAGE) };
  } catch {
    return undefined;
  }
}

/** Returns the sentence of the condition. */
export function heldBackMessage({ revision, message }: HeldBack): string {
  return `${revision} was not applied: ${message}`;
}
