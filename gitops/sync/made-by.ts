import { type Cluster, listAll } from '../cluster.ts';
import { WEBAPP } from '../kinds.ts';
import { LABEL, type WebApp, type WebAppSource } from '../webapp.ts';

/** Returns the WebApps that carry the source's label. */
export async function webappsOf({ metadata }: WebAppSource, cluster: Cluster): Promise<WebApp[]> {
  const { namespace = '', name } = metadata;
  const options = { namespace, labelSelector: `${LABEL.source}=${name}` };
  return (await listAll(cluster, WEBAPP, options)) as WebApp[];
}
