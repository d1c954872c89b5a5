import type { Log } from '../../gitops/log.ts';

/**
 * Returns the log that warns with one message at most once in `ms` milliseconds, and then says how many were left out:
 * while nobody takes events, each of them is tried again and again.
 */
export function sparing(log: Log, ms: number, now = () => performance.now()): Log {
  const told = new Map<string, { readonly at: number; leftOut: number }>();
  return {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => {
      const last = told.get(message);
      if (last && now() - last.at < ms) {
        last.leftOut++;
        return;
      }
      const { leftOut } = last ?? { leftOut: 0 };
      told.set(message, { at: now(), leftOut: 0 });
      log.warn({ ...fields, ...(leftOut > 0 && { leftOut }) }, message);
    },
    error: (fields, message) => log.error(fields, message),
    child: (fields) => log.child(fields),
  };
}
