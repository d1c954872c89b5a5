import type { Place } from './load/field.ts';

/** An object that is excused from a policy. What is left out stands for any. */
export interface WaivedObject {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly place: Place;
}

/** Somebody's word that a policy may be broken by some objects until a day. */
export interface Waiver {
  readonly name: string;
  readonly policy: string;
  readonly objects: readonly WaivedObject[];
  readonly reason: string;
  readonly owner: string;
  /** As it is written. */
  readonly expires: string;
  /** The first moment at which it does not hold any more, in milliseconds since 1970. */
  readonly end: number;
  readonly place: Place;
}
