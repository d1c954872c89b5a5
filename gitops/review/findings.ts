// Decisions of policies -> findings of a review: where, what, and in whose words.
import { canonicalJson, type Decision, type Hash } from '../../policies/index.ts';
import { isFields } from '../diff.ts';
import { WEBAPP } from '../kinds.ts';
import { isDelete, type Judgement, tellingPath } from '../policy/judge.ts';
import { dotted, originOf, tellingFields } from '../policy/origin.ts';
import { type Policies, policiesIn } from '../policy/policies.ts';
import type { Manifest } from '../sync/manifests.ts';
import { subjectOf } from './changes.ts';
import { excerptAt, placeAbove, placeAt } from './places.ts';
import { policyRef } from './policy-ref.ts';
import type { Finding, Level, Outcome, PolicyRef, Subject, WaiverRef } from './report.ts';
import { hideSecrets, namesSecret } from './secret-names.ts';

/** A WebApp of the head, or of the base where it goes, and the text of its file. */
export interface Proposed {
  readonly manifest: Manifest;
  readonly text: string;
}

export interface About {
  readonly policies: Policies;
  readonly hash: Hash;
}

/** What one judgement adds to a report. Each policy counts once for each object. */
export interface Told {
  readonly findings: readonly Finding[];
  readonly passed: readonly Outcome[];
  readonly waived: readonly Outcome[];
  readonly skipped: number;
}

/** Returns what the decisions about one object say. */
export function tell(judgement: Judgement, proposed: Proposed, about: About): Told {
  const { decisions, verdict, object } = judgement;
  const subject = subjectOf(object, object.kind === 'WebApp' ? undefined : proposed.manifest.name);
  if (decisions.length === 0 && verdict.outcome === 'cannotJudge')
    return {
      ...NOTHING,
      findings: [unasked(verdict.reasons, { judgement, subject, proposed, about })],
    };
  const groups = Map.groupBy(decisions, ({ policy, binding }) => `${policy}\n${binding}`).values();
  const told = [...groups].map((group) =>
    tellGroup(group, { judgement, subject, proposed, about }),
  );
  return {
    findings: told.flatMap(({ findings }) => findings),
    passed: told.flatMap(({ passed }) => passed),
    waived: told.flatMap(({ waived }) => waived),
    skipped: told.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

const NOTHING: Told = { findings: [], passed: [], waived: [], skipped: 0 };

interface Context {
  readonly judgement: Judgement;
  readonly subject: Subject;
  readonly proposed: Proposed;
  readonly about: About;
}

function tellGroup(group: readonly Decision[], context: Context): Told {
  const findings = group.flatMap((decision) => {
    const level = levelOf(decision);
    return level === undefined ? [] : [findingOf(decision, level, context)];
  });
  if (findings.length > 0) return { ...NOTHING, findings };
  const [first] = group;
  if (first === undefined) return NOTHING;
  const { subject, about } = context;
  const outcome = { policy: policyRef(about.policies, first), subject };
  const held = group.find(({ waiver }) => waiver !== undefined);
  if (held) return { ...NOTHING, waived: [{ ...outcome, ...waiverOf(held, about.policies) }] };
  if (group.every((each) => each.outcome === 'skip')) return { ...NOTHING, skipped: 1 };
  return { ...NOTHING, passed: [outcome] };
}

/** What nobody can judge never counts as passed, whatever the policy would do about a failure. */
function levelOf({ effect, actions }: Decision): Level | undefined {
  if (effect === 'admit') return undefined;
  if (effect === 'unknown') return actions.includes('Deny') ? 'error' : 'warn';
  if (actions.includes('Deny')) return 'deny';
  return actions.includes('Warn') ? 'warn' : 'audit';
}

function findingOf(
  decision: Decision,
  level: Level,
  { judgement, subject, proposed, about }: Context,
): Finding {
  const { index, expression } = decision;
  const fields = isDelete(judgement) ? [] : tellingFields(decision.fields);
  const { text, manifest } = proposed;
  const field = originOf(subject.kind, tellingPath(judgement, decision));
  const nearest = placeAt(manifest.problemAt(field, ''), text);
  const written = writtenAt(manifest, field);
  const place = written === undefined || isFields(written) ? placeAbove(nearest, text) : nearest;
  const policy = policyRef(about.policies, decision);
  const deletion = deletionOf(judgement);
  const identity = [policy.name, policy.binding, subject, decision.subject, index];
  return {
    level,
    fingerprint: about.hash(canonicalJson(deletion.operation ? [...identity, 'DELETE'] : identity)),
    message: level === 'error' ? `cannot be judged: ${decision.message}` : decision.message,
    ...denialOf(decision, level),
    subject,
    policy,
    ...(decision.subject === 'validation' && {
      validation: { index, of: countOf(about.policies, policy.name) },
    }),
    ...(expression !== undefined && { expression }),
    values: fields.map(({ path, value }) => ({
      path: dotted(path),
      value: isSecret(manifest, originOf(subject.kind, path), value)
        ? '(hidden)'
        : valueText(
            hideSecrets(value),
            subject.kind !== WEBAPP.kind || writtenAt(manifest, dotted(path)) !== undefined,
          ),
    })),
    place,
    excerpt: excerptAt(place, text),
    ...deletion,
    ...(deletion.operation &&
      level === 'deny' && { fix: keeping(field, proposed, { subject, policy }) }),
  };
}

/** A WebApp that goes stands in the base alone; what asked for a child of one that stays is missing in the head. */
function deletionOf(judgement: Judgement): Pick<Finding, 'operation' | 'side'> {
  if (!isDelete(judgement)) return {};
  const isWebApp = judgement.question.of === WEBAPP;
  return { operation: 'DELETE', ...(isWebApp && { side: 'base' }) };
}

function keeping(
  field: string,
  { manifest }: Proposed,
  { subject, policy }: { readonly subject: Subject; readonly policy: PolicyRef },
): string {
  const isWebApp = subject.kind === WEBAPP.kind;
  const what = isWebApp ? `WebApp ${subject.name} in ${manifest.path}` : field;
  return `Keep ${what}, or let a PolicyWaiver of ${policy.name} name the ${subject.kind}.`;
}

/** Returns the value of a field such as spec.env[0].name in the manifest itself. */
function writtenAt({ name, labels, annotations, spec }: Manifest, field: string): unknown {
  let value: unknown = { metadata: { name, labels, annotations }, spec };
  for (const [part] of field.matchAll(/(?<=\[)[^[\]]+(?=\])|[^.[\]]+/g)) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  }
  return value;
}

/** A text by itself does not say which variable has it: where one of them is named so, none is told. */
function isSecret(manifest: Manifest, field: string, value: unknown): boolean {
  const isOfVariable = field.startsWith('spec.env') && typeof value === 'string';
  return isOfVariable && namesSecret(canonicalJson(writtenAt(manifest, 'spec.env') ?? ''));
}

function valueText(value: unknown, isOwn: boolean): string {
  if (value === undefined) return 'not set';
  return isOwn ? canonicalJson(value) : `${canonicalJson(value)} (default)`;
}

function denialOf({ policy, binding, message }: Decision, level: Level): { denial?: string } {
  const who = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}'`;
  if (level === 'deny') return { denial: `${who} denied request: ${message}` };
  return level === 'warn' ? { denial: `Validation failed for ${who}: ${message}` } : {};
}

function countOf(policies: Policies, name: string): number {
  const found = policiesIn(policies).find(({ policy }) => policy.metadata.name === name);
  return found?.policy.spec.validations.length ?? 0;
}

function waiverOf({ waiver }: Decision, { sets }: Policies): { waiver?: WaiverRef } {
  const found = sets.flatMap(({ waivers }) => waivers).find(({ name }) => name === waiver?.name);
  if (found === undefined) return {};
  const { name, reason, owner, expires, place } = found;
  const end = { endLine: place.line, endColumn: place.column + 1 };
  return { waiver: { name, reason, owner, expires, place: { ...place, ...end } } };
}

function unasked(
  reasons: readonly string[],
  { judgement, subject, proposed, about }: Context,
): Finding {
  const place = placeAt(proposed.manifest.problemAt('', ''), proposed.text);
  return {
    level: 'error',
    fingerprint: about.hash(canonicalJson([subject, reasons])),
    message: `cannot be judged: ${reasons.join('; ')}`,
    ...deletionOf(judgement),
    subject,
    values: [],
    place,
    excerpt: excerptAt(place, proposed.text),
  };
}
