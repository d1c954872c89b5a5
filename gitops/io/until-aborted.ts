import { addAbortListener } from 'node:events';

/**
 * Returns what `work` gives, or throws the signal's reason as soon as it ends: not everything that takes a signal
 * looks at it at every point (undici, for one, not while a connection is being opened).
 */
export async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  using _ = addAbortListener(signal, () => reject(signal.reason));
  return await Promise.race([work(), ended]);
}
