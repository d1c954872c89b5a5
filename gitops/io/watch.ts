import { createInterface } from 'node:readline';
import { ApiError, type StatusBody } from '../api-error.ts';
import { type Kind, resourcePath } from '../kinds.ts';
import type { KubeObject } from '../objects.ts';
import type { Api } from './api.ts';

/** One event of a watch. A bookmark carries nothing but the resourceVersion to resume at. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

export interface WatchOptions {
  readonly resourceVersion: string;
  readonly labelSelector?: string;
  /** Called once the API server has agreed to the watch. */
  readonly opened?: () => void;
}

// The API server ends a watch after this long, so that silence beyond it means a connection that died unnoticed.
const WATCH_SECONDS = 290;

/**
 * Yields events from a resourceVersion on, and returns when the API server ends the watch. Throws ApiError with
 * status 410 when the version is too old to resume at: then list again.
 */
export async function* watch(
  api: Api,
  of: Kind,
  options: WatchOptions,
): AsyncGenerator<WatchEvent> {
  const { resourceVersion, labelSelector } = options;
  const path = resourcePath(of);
  const body = await api.stream({
    method: 'GET',
    path,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      timeoutSeconds: WATCH_SECONDS,
      resourceVersion,
      labelSelector,
    },
  });
  options.opened?.();
  for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    const event = JSON.parse(line) as
      | WatchEvent
      | { type: 'ERROR'; object: StatusBody & { code?: number } };
    if (event.type === 'ERROR')
      throw new ApiError(`WATCH ${path}`, event.object.code ?? 500, event.object);
    yield event;
  }
}
