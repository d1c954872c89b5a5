// People at work: commits that are pushed, and hands on the cluster.
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { manifest, policyOf } from '../faults/scenario.ts';
import type { GitClone } from '../helpers/git-repo.ts';
import type { Random } from '../helpers/random.ts';
import { meddle } from './hands.ts';
import { randomSpec, type Spec, Wishes } from './wishes.ts';
import type { World } from './world.ts';

/** Pauses between two commits and between two edits by hand, in milliseconds. */
export interface Pace {
  readonly commitMs: number;
  readonly handMs: number;
}

/** Files that one commit changes, at most. */
const MOST_FILES = 4;
const PUSH_AGAIN_MS = 1_000;

/** Edits of so many WebApps, and what they ask for in the end. */
export class Load {
  readonly wishes = new Wishes();
  commits = 0;
  byHand = 0;
  /** Id of the newest commit. */
  head = '';
  readonly #random: Random;
  readonly #names: readonly string[];
  /** A commit and a hand must not both take the same object for one that is at rest. */
  readonly #oneAtATime = pLimit(1);
  #isPushed = true;

  constructor(webapps: number, random: Random) {
    this.#random = random;
    this.#names = Array.from({ length: webapps }, (_, i) => `app-${String(i).padStart(3, '0')}`);
    for (const name of this.#names)
      this.wishes.add(name, randomSpec(random, random.once(4) ? hostOf(name) : undefined));
  }

  /** The files of the first commit. */
  get files(): Record<string, string> {
    const specs = [...this.wishes.specs].map(([name, spec]) => [
      fileOf(name),
      manifest(name, spec),
    ]);
    return { 'policies/few-pods.yaml': policyOf(5), ...Object.fromEntries(specs) };
  }

  /** Edits until the signal ends, and returns when the last edit is pushed. */
  async run(world: World, pace: Pace, signal: AbortSignal): Promise<void> {
    const { clone } = world.git;
    await Promise.all([
      repeat(() => this.#commit(world), pace.commitMs, signal),
      repeat(() => this.#byHand(world), pace.handMs, signal),
    ]);
    while (!this.#isPushed) {
      await this.#push(clone);
      if (!this.#isPushed) await sleep(PUSH_AGAIN_MS);
    }
  }

  async #commit(world: World): Promise<void> {
    const { clone } = world.git;
    const changes = await this.#oneAtATime(() => this.#changes(world));
    this.head = await clone.commit(changes);
    this.commits++;
    await this.#push(clone);
  }

  /** Returns the files to write, null for those that go. */
  #changes(world: World): Record<string, string | null> {
    const changes: Record<string, string | null> = {};
    for (let i = this.#random.below(MOST_FILES); i >= 0; i--) {
      const name = this.#random.pick(this.#names);
      if (fileOf(name) in changes) continue;
      const spec = this.#edit(name, world);
      if (spec !== undefined) changes[fileOf(name)] = spec && manifest(name, spec);
    }
    return changes;
  }

  /** Returns the new spec of a file, null when it goes, undefined when it stays as it is. */
  #edit(name: string, world: World): Spec | null | undefined {
    const { wishes } = this;
    const before = wishes.specs.get(name);
    const isAtRest = wishes.isAtRest(name, world.look());
    if (before === undefined) return isAtRest ? this.#add(name) : undefined;
    if (isAtRest && this.#random.once(5)) {
      wishes.remove(name);
      return null;
    }
    const toggles = isAtRest && this.#random.once(5);
    const has = (before.host !== undefined) !== toggles;
    const spec = randomSpec(this.#random, has ? hostOf(name) : undefined);
    wishes.change(name, spec);
    return spec;
  }

  #add(name: string): Spec {
    const spec = randomSpec(this.#random, this.#random.once(4) ? hostOf(name) : undefined);
    this.wishes.add(name, spec);
    return spec;
  }

  /** While the server is away commits pile up; the next push brings them. */
  async #push(clone: GitClone): Promise<void> {
    this.#isPushed = await clone.git('push', '--quiet', 'origin', 'HEAD').then(
      () => true,
      () => false,
    );
  }

  async #byHand(world: World): Promise<void> {
    const name = this.#random.pick([...this.wishes.specs.keys()]);
    const work = () => meddle(name, this.wishes, { world, random: this.#random });
    const isDone = await this.#oneAtATime(work);
    if (isDone) this.byHand++;
  }
}

function hostOf(name: string): string {
  return `${name}.example.org`;
}

function fileOf(name: string): string {
  return `apps/${name}.yaml`;
}

async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal) {
  while (!signal.aborted) {
    await work();
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
