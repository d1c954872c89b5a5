import type { Facts } from '../../gitops/trace.ts';

/** Returns the facts as attributes of a span: under our own names, and under those of OpenTelemetry where it has some. */
export function attributesOf(facts: Facts): Facts {
  const namespace = facts['webapp.namespace'] ?? facts['source.namespace'];
  return {
    ...facts,
    ...(namespace !== undefined && { 'k8s.namespace.name': namespace }),
    ...revisionOf(facts.revision),
  };
}

/** A revision is branch@sha1:commit. */
function revisionOf(revision: Facts[string]): Facts {
  const [, branch, commit] = /^(.*)@sha1:([0-9a-f]{40})$/.exec(String(revision)) ?? [];
  return commit ? { 'vcs.ref.head.name': branch, 'vcs.ref.head.revision': commit } : {};
}
