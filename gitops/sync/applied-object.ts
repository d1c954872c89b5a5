import { WEBAPP } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import { ANNOTATION, LABEL } from '../webapp.ts';
import type { Manifest } from './manifests.ts';

/** Whose WebApp it is, and from which commit (branch@sha1:commit). */
export interface Provenance {
  readonly namespace: string;
  readonly source: string;
  readonly revision: string;
  /** Of the sync that applies it, where that is traced. */
  readonly traceparent?: string | undefined;
}

/**
 * Returns the WebApp of a file as a sync applies it, which is what every gate has to judge; without the owner references
 * of spec.deletionPolicy, for which a source has to be in a cluster.
 */
export function appliedObject(
  { name, labels, annotations, spec }: Pick<Manifest, 'name' | 'labels' | 'annotations' | 'spec'>,
  { namespace, source, revision, traceparent }: Provenance,
): KubeObject {
  return {
    apiVersion: WEBAPP.apiVersion,
    kind: WEBAPP.kind,
    metadata: {
      name,
      namespace,
      labels: { ...labels, [LABEL.source]: source },
      annotations: {
        ...annotations,
        [ANNOTATION.revision]: revision,
        ...(traceparent && { [ANNOTATION.traceparent]: traceparent }),
      },
    },
    spec,
  };
}
