import { CostPanic } from './library.ts';

/** Go's maps cannot hold bytes as keys, and cel-go finds that out too late to make it an ordinary error. */
export const unhashableBytes: CostPanic = new CostPanic(
  'internal error: runtime error: hash of unhashable type types.Bytes',
);
