import type { Log } from '../../gitops/log.ts';
import { createAlikeLines } from '../alike-lines.ts';

/** More than there are messages. */
const KINDS = 20;

/**
 * Returns the log that warns with one message at most once in `quietMs` milliseconds, and says how many warnings that stands
 * for: while nobody takes events, each of them is tried again and again.
 */
export function sparing(log: Log, quietMs: number): Log {
  const tell = createAlikeLines({ quietMs, kinds: KINDS }, ({ message, ...fields }) =>
    log.warn(fields, String(message)),
  );
  return {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => tell(message, { ...fields, message }),
    error: (fields, message) => log.error(fields, message),
    child: (fields) => log.child(fields),
  };
}
