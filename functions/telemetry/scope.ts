// What is under way at this point of the program, found without being handed down: so no layer can forget the ids.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Facts, Origin } from '../../gitops/trace.ts';
import type { Span } from './tracer.ts';

/** A request or a visit. */
export interface Work {
  /** What its lines in the log say of it. */
  facts: Facts;
  span: Span;
  /** Begins the visit's own span; absent for a request, which has one from the start. */
  readonly begin?: (origin: Origin | undefined) => Span;
}

/** A point within it. */
export interface Scope {
  readonly work: Work;
  /** The part that it is in, if it is in one. */
  readonly part?: Span;
}

const scopes = new AsyncLocalStorage<Scope | undefined>();

/** Returns where we are; undefined outside of all requests and visits. */
export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

/** Runs something in a scope, or outside of all. */
export function within<T>(scope: Scope | undefined, work: () => T): T {
  return scopes.run(scope, work);
}

/** Returns the span that is under way. */
export function spanOf({ work, part }: Scope): Span {
  return part ?? work.span;
}

/** Returns the fields of a line that is logged now; the ids have the names that OpenTelemetry gives them in logs. */
export function lineFields(): Record<string, unknown> {
  const scope = currentScope();
  if (scope === undefined) return {};
  const { traceId, spanId } = spanOf(scope).context;
  return { ...scope.work.facts, trace_id: traceId, span_id: spanId };
}
