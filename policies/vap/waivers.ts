// Waivers at work. Every gate calls the same function, so that what one waives no other denies.
import type { Problem } from '../problem.ts';
import type { Decision } from './decision.ts';
import { type AdmissionInput, targetOf } from './request.ts';
import { splitApiVersion } from './resources.ts';
import type { WaivedObject, Waiver } from './waiver.ts';

/**
 * Returns the decisions with those waived that would deny, or might, and that a waiver of their policy excuses this
 * object from. Where the input tells no time, no waiver holds.
 */
export function applyWaivers(
  decisions: readonly Decision[],
  waivers: readonly Waiver[],
  input: AdmissionInput,
): Decision[] {
  const { now } = input;
  const holding = now === undefined ? [] : waivers.filter(({ end }) => now < end);
  const excuses = holding.flatMap((waiver) => {
    const object = waiver.objects.findIndex((each) => names(each, input));
    return object < 0 ? [] : [{ waiver, object }];
  });
  return excuses.length === 0
    ? [...decisions]
    : decisions.map((decision) => waive(decision, excuses));
}

interface Excuse {
  readonly waiver: Waiver;
  /** Index among the waiver's objects. */
  readonly object: number;
}

function waive(decision: Decision, excuses: readonly Excuse[]): Decision {
  if (decision.effect === 'admit') return decision;
  const excuse = excuses.find(({ waiver }) => waiver.policy === decision.policy);
  if (!excuse) return decision;
  const waiver = { name: excuse.waiver.name, object: excuse.object };
  return { ...decision, outcome: 'waived', effect: 'admit', waiver };
}

function names(object: WaivedObject, input: AdmissionInput): boolean {
  const { name, namespace } = targetOf(input);
  const ofVersion = object.apiVersion === undefined || sameVersion(object.apiVersion, input);
  return (
    ofVersion &&
    object.kind === input.kind.kind &&
    object.name === name &&
    (object.namespace === undefined || object.namespace === namespace)
  );
}

function sameVersion(apiVersion: string, { kind }: AdmissionInput): boolean {
  const { group, version } = splitApiVersion(apiVersion);
  return group === kind.group && version === kind.version;
}

/**
 * Returns the findings about waivers after a run over all objects: those that are over, and, as warnings, objects of
 * others that nothing had to be waived for.
 *
 * @param decisions of the whole run, with the waivers applied
 * @param now milliseconds since 1970
 */
export function waiverProblems(
  waivers: readonly Waiver[],
  decisions: readonly Decision[],
  now: number,
): Problem[] {
  const used = new Set(
    decisions.flatMap(({ waiver }) => (waiver ? [`${waiver.name}/${waiver.object}`] : [])),
  );
  return waivers.flatMap((waiver) =>
    now < waiver.end ? idle(waiver, used) : [{ ...waiver.place, message: over(waiver) }],
  );
}

function over({ name, policy, owner, expires }: Waiver): string {
  return `waiver ${name} of policy ${policy} ended (${expires}); ${owner} answers for it: mend the objects or renew it`;
}

function idle({ name, policy, objects }: Waiver, used: ReadonlySet<string>): Problem[] {
  return objects.flatMap((object, index) => {
    if (used.has(`${name}/${index}`)) return [];
    const what = `${object.kind} ${object.namespace ? `${object.namespace}/` : ''}${object.name}`;
    const message = `waiver ${name} waives nothing: policy ${policy} does not deny ${what}`;
    return [{ ...object.place, message, severity: 'warning' }];
  });
}
