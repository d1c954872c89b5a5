import { type DestinationStream, type Logger, pino } from 'pino';
import { lineFields } from './telemetry/scope.ts';

/**
 * Returns a logger of JSON lines with level names and ISO times, and with the ids of what is under way; to standard output
 * unless told otherwise.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    mixin: lineFields,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // An error's own fields can hold whole objects of the cluster; its message is what a reader needs.
    serializers: {
      err: (error: unknown) => (error instanceof Error ? error.message : String(error)),
    },
  };
  // Synchronous: a function that is frozen or killed must not take its last lines with it.
  return pino(options, destination ?? pino.destination({ dest: 1, sync: true }));
}
