// A number that would pass. Nothing is read out of the expression: the numbers that a policy speaks of are tried, the
// nearest first, and one is told only after all policies have judged it.
import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import type { Judgement } from '../policy/judge.ts';
import { judgePair } from '../policy/judge-webapp.ts';
import type { InForce } from '../policy/reader.ts';
import type { Finding } from './report.ts';

/** Findings of one review that a number is looked for, and numbers that are tried for each. */
const MAX_FINDINGS = 20;
const MAX_TRIES = 12;
/** Units of CEL cost of all tries together; the API server gives a policy as many for one object. */
const MAX_COST = 10_000_000;

/** What was judged, and by what. */
export interface Trial {
  readonly pair: { readonly before: KubeObject | undefined; readonly after: KubeObject };
  readonly judgements: readonly Judgement[];
  readonly inForce: InForce;
  readonly now: number;
}

/** Looks for what would pass in one review. A search that takes too long ends without a fix and spoils no verdict. */
export class FixSearch {
  readonly #pause: () => Promise<void>;
  #findings = MAX_FINDINGS;
  #cost = MAX_COST;

  /** `pause` is called before each try; where it throws, nothing more is tried. */
  constructor(pause: () => Promise<void> = async () => {}) {
    this.#pause = pause;
  }

  /** Returns the finding, with what to do where a number of the WebApp is at fault and another one is known to pass. */
  async withFix(finding: Finding, trial: Trial): Promise<Finding> {
    const [read] = finding.values;
    const isNumber = read !== undefined && /^-?\d{1,15}( \(default\))?$/.test(read.value);
    if (finding.subject?.kind !== WEBAPP.kind || !isNumber || !FIELD.test(read.path))
      return finding;
    if (--this.#findings < 0) return finding;
    for (const number of numbersIn(finding, Number.parseInt(read.value, 10))) {
      if (!(await this.#goesOn())) break;
      if (this.#passes(finding, number, trial))
        return { ...finding, fix: `Set ${read.path} to ${number}.` };
    }
    return finding;
  }

  async #goesOn(): Promise<boolean> {
    if (this.#cost <= 0) return false;
    try {
      await this.#pause();
    } catch {
      this.#cost = 0;
    }
    return this.#cost > 0;
  }

  #passes(finding: Finding, number: number, { pair, judgements, inForce, now }: Trial): boolean {
    const path = finding.values[0]?.path.split('.') ?? [];
    const tried = judgePair({ ...pair, after: withNumber(pair.after, path, number) }, inForce, now);
    this.#cost -= costOf(tried);
    const allowed = refusals(judgements);
    const { name, binding } = finding.policy ?? {};
    allowed.delete(keyOf({ policy: name ?? '', binding: binding ?? '' }, WEBAPP.kind));
    return [...refusals(tried)].every((key) => allowed.has(key));
  }
}

function costOf(judgements: readonly Judgement[]): number {
  const decisions = judgements.flatMap((judgement) => judgement.decisions);
  return decisions.reduce((sum, { cost }) => sum + cost, 0);
}

const FIELD = /^spec(\.[a-z]\w*)+$/i;

/** Bounds are said in the message or the expression; with < and > the number beside them is the one. */
function numbersIn({ message, expression = '', values }: Finding, now: number): number[] {
  const said = [message, expression, ...values.map(({ value }) => value)].join(' ');
  const words = said.match(/[\w.]+/g) ?? [];
  const all = words
    .filter((word) => /^\d{1,15}\.*$/.test(word))
    .map((word) => Number.parseInt(word, 10));
  const near = all.flatMap((number) => [number, number - 1, number + 1]);
  return [...new Set(near)]
    .filter((number) => number !== now && number >= 0)
    .sort((a, b) => Math.abs(a - now) - Math.abs(b - now) || a - b)
    .slice(0, MAX_TRIES);
}

/** Whatever does not admit, by policy and kind: a fix may bring nothing new. */
function refusals(judgements: readonly Judgement[]): Set<string> {
  return new Set(
    judgements.flatMap(({ decisions, object }) =>
      decisions.filter(({ effect }) => effect !== 'admit').map((one) => keyOf(one, object.kind)),
    ),
  );
}

function keyOf({ policy, binding }: { policy: string; binding?: string }, kind: string): string {
  return `${policy}\n${binding ?? ''}\n${kind}`;
}

function withNumber(object: KubeObject, path: readonly string[], number: number): KubeObject {
  const copy = structuredClone(object) as unknown as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<Record<string, unknown>>((at, part) => {
    at[part] ??= {};
    return at[part] as Record<string, unknown>;
  }, copy);
  parent[last] = number;
  return copy as unknown as KubeObject;
}
