import type { Overload } from '../../../policies/cel/library.ts';
import type { Type } from '../../../policies/cel/types/types.ts';
import type { Random } from '../../helpers/random.ts';
import type { Named } from './names.ts';
import type { Tree } from './tree.ts';

/** A variable of a loop around the place. */
export interface Local {
  readonly name: string;
  readonly type: Type;
}

export type Grow = (goal: Type, depth: number, around: Surroundings) => Tree;

/** What an expression is made of. */
export interface Material {
  readonly random: Random;
  readonly overloads: readonly Overload[];
  /** What it can name beside variables of loops. */
  readonly names: readonly Named[];
}

/** What an expression may use where it stands. */
export class Surroundings {
  readonly random: Random;
  readonly material: Material;
  readonly locals: readonly Local[];
  readonly #grow: Grow;

  constructor(material: Material, locals: readonly Local[], grow: Grow) {
    this.random = material.random;
    this.material = material;
    this.locals = locals;
    this.#grow = grow;
  }

  /** Returns an expression of the type for this place. */
  grow(goal: Type, depth: number): Tree {
    return this.#grow(goal, depth, this);
  }

  /** The place inside a loop with these variables. */
  within(...locals: Local[]): Surroundings {
    return new Surroundings(this.material, [...this.locals, ...locals], this.#grow);
  }

  /** Returns a variable that no loop around the place has, or seldom one that hides another. */
  local(type: Type, offset = 0): Local {
    const number = this.random.once(30) ? offset : this.locals.length + offset;
    return { name: `v${number}`, type };
  }
}
