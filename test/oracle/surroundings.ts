import type { Overload } from '../../policies/cel/library.ts';
import type { Type } from '../../policies/cel/types.ts';
import type { Random } from './random.ts';
import type { Tree } from './tree.ts';

/** A variable of a loop around the place. */
export interface Local {
  readonly name: string;
  readonly type: Type;
}

export type Grow = (goal: Type, depth: number, around: Surroundings) => Tree;

/** What an expression may use where it stands. */
export class Surroundings {
  readonly random: Random;
  readonly overloads: readonly Overload[];
  readonly locals: readonly Local[];
  readonly #grow: Grow;

  constructor(from: Pick<Surroundings, 'random' | 'overloads' | 'locals'>, grow: Grow) {
    this.random = from.random;
    this.overloads = from.overloads;
    this.locals = from.locals;
    this.#grow = grow;
  }

  /** Returns an expression of the type for this place. */
  grow(goal: Type, depth: number): Tree {
    return this.#grow(goal, depth, this);
  }

  /** The place inside a loop with these variables. */
  within(...locals: Local[]): Surroundings {
    return new Surroundings({ ...this, locals: [...this.locals, ...locals] }, this.#grow);
  }

  /** Returns a variable that no loop around the place has. */
  local(type: Type, offset = 0): Local {
    return { name: `v${this.locals.length + offset}`, type };
  }
}
