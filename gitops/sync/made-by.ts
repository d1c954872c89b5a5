import { type Cluster, listAll } from '../cluster.ts';
import { WEBAPP } from '../kinds.ts';
import { hasWritten, type KubeObject } from '../objects.ts';
import { LABEL, SOURCE_MANAGER, type WebApp, type WebAppSource } from '../webapp.ts';

/** Returns the WebApps that carry the source's label. */
export async function webappsOf({ metadata }: WebAppSource, cluster: Cluster): Promise<WebApp[]> {
  const { namespace = '', name } = metadata;
  const options = { namespace, labelSelector: `${LABEL.source}=${name}` };
  return (await listAll(cluster, WEBAPP, options)) as WebApp[];
}

/** Returns whether the WebApp carries the source's label. */
export function isOurs({ metadata }: WebAppSource, live: KubeObject): boolean {
  return live.metadata.labels?.[LABEL.source] === metadata.name;
}

/**
 * Returns whether a sync of the source has put its label there. A label that anybody else has put on a WebApp is enough to
 * apply a file over it, but neither to delete it nor to let it go with the source.
 */
export function isMadeBy(source: WebAppSource, live: KubeObject): boolean {
  const path = ['f:metadata', 'f:labels', `f:${LABEL.source}`];
  return isOurs(source, live) && hasWritten(live, SOURCE_MANAGER, path);
}
