// The part of the comment that tells what a merge would do, and what a cluster holds.
import type { Drift, FieldDifference, ObjectChange, Report } from '../../gitops/review/report.ts';
import { block, code, fitting, folded, plain, table } from './markdown-text.ts';
import { count, nameOf } from './words.ts';

const MAX_FIELDS = 6;

interface Room {
  /** Characters that a section may take; its frame comes on top. */
  readonly room: number;
}

/** Returns which WebApps would begin to fail by the policies of the head. */
export function impactSection({ impact }: Report, { room }: Room): string[] {
  if (impact.length === 0) return [];
  const rows = impact.map(({ policy, subject, message, place }) => [
    code(policy.name),
    code(nameOf(subject)),
    place ? code(`${place.path}:${place.line}`) : '',
    plain(message),
  ]);
  return [
    `#### 📜 This changes policies: ${count(impact.length, 'object')} would begin to fail`,
    '',
    ...table(['Policy', 'Object', 'Where', 'Finding'], rows, room),
  ];
}

/** Returns the table of objects that would change. */
export function changesSection({ changes, webapps }: Report, { room }: Room): string[] {
  if (changes.length === 0) return [];
  const rows = changes.map(({ action, subject, fields, effects }) => {
    const names = fields.slice(0, MAX_FIELDS).map(({ path }) => code(path));
    const more = fields.length > MAX_FIELDS ? `, … ${fields.length - MAX_FIELDS} more` : '';
    const effect = effects.map((each) => plain(each)).join(', ');
    return [code(nameOf(subject)), action, `${names.join(', ')}${more}`, effect];
  });
  return [
    `#### What would change (${count(webapps.changed, 'WebApp')} of ${webapps.all})`,
    '',
    ...table(['Object', 'Action', 'Fields', 'Effect'], rows, room),
  ];
}

/** Returns the fields that would change, folded in. */
export function diffSection({ changes }: Report, { room }: Room): string[] {
  const changed = changes.filter(({ fields }) => fields.length > 0);
  return changed.length === 0 ? [] : foldedDiff(`Minimal diff (${sizeOf(changed)})`, changed, room);
}

type Differing = Pick<ObjectChange & Drift, 'subject' | 'fields'> & Pick<Drift, 'isMissing'>;

function sizeOf(objects: readonly Differing[]): string {
  const fields = objects.reduce((sum, each) => sum + each.fields.length, 0);
  return `${count(objects.length, 'object')}, ${count(fields, 'field')}`;
}

function foldedDiff(summary: string, objects: readonly Differing[], room: number): string[] {
  const all = objects.map(diffLines);
  const kept = all.slice(
    0,
    fitting(
      all.map((lines) => lines.join('\n')),
      room,
    ),
  );
  const more = all.length - kept.length;
  const lines = [...kept.flat(), ...(more > 0 ? [` … and ${count(more, 'object')} more`] : [])];
  return folded(summary, block('diff', lines));
}

function diffLines({ subject, fields, isMissing }: Differing): string[] {
  const state = isMissing ? ' is not in the cluster' : '';
  return [` ${nameOf(subject)}${state}`, ...fields.flatMap(fieldLines)];
}

function fieldLines({ path, before, after, by }: FieldDifference): string[] {
  return [
    `   ${path}${by === undefined ? '' : ` (set by ${by})`}`,
    ...(before === undefined ? [] : [`-    ${before}`]),
    ...(after === undefined ? [] : [`+    ${after}`]),
  ];
}

/** Returns what differs in the cluster today, folded in, or that nobody could see it. */
export function driftSection({ drift = [], driftUnseen }: Report, { room }: Room): string[] {
  if (driftUnseen !== undefined)
    return [`ℹ️ Live drift is not known: ${plain(driftUnseen)}. The verdict needs no cluster.`, ''];
  if (drift.length === 0) return [];
  const size = count(drift.length, 'object');
  const summary = `ℹ️ Live drift now, not part of the verdict (${size}; - base, + cluster)`;
  return foldedDiff(summary, drift, room);
}
