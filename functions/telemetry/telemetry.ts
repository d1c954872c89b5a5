// Requests and visits with what the log and the traces say of them. The spans are a tracer's; until there is one, requests
// and visits have ids all the same.
import type { Facts, Origin, Part, Trace } from '../../gitops/trace.ts';
import type { Answer } from '../answer.ts';
import { type Entry, entrySpan } from './entry.ts';
import { currentScope, spanOf, type Work, within } from './scope.ts';
import { readTraceContext, type TraceContext, traceparentOf } from './trace-context.ts';
import { IDS_ONLY, type Span, type Tracer } from './tracer.ts';

/** A visit: the name of its span, and what is known of it before anything was read. */
export interface VisitStart {
  readonly name: 'reconcile' | 'sync' | 'review';
  readonly facts: Facts;
}

/** Tells of an error that is not thrown. */
type Failed = (error: unknown) => void;
type Tell = (facts: Facts) => void;

/** Follows the work of one process. */
export class Telemetry implements Trace {
  #tracer: Tracer = IDS_ONLY;
  #isCold = true;

  /** Has all spans made by this tracer from now on. */
  use(tracer: Tracer): void {
    this.#tracer = tracer;
  }

  /** Answers somebody who called, in a span of its own. */
  enter(entry: Entry, work: () => Promise<Answer>): Promise<Answer> {
    const span = this.#tracer.start(entrySpan(entry, this.#isCold));
    this.#isCold = false;
    const answered = async (failed: Failed) => {
      const answer = await work();
      span.tell({ 'http.response.status_code': answer.status });
      if (answer.status >= 500) failed(`answered with ${answer.status}`);
      return answer;
    };
    return within({ work: { facts: {}, span } }, () => ended(() => span, answered));
  }

  /** Makes a visit. Its span begins when there is something to do, and ends as `work` says. */
  visit<T>({ name, facts }: VisitStart, work: (failed: Failed) => Promise<T>): Promise<T> {
    const outer = currentScope();
    const startedAt = Date.now();
    const known = { ...outer?.work.facts, ...facts };
    const span = outer ? spanOf(outer) : IDS_ONLY.start({ name, kind: 'internal', facts });
    let own: Span | undefined;
    const under: Work = {
      facts: known,
      span,
      begin: (origin) => {
        own ??= this.#tracer.start({
          ...{ name, kind: 'internal', facts: under.facts, startedAt },
          ...placeOf(outer && span.context, origin),
        });
        return own;
      },
    };
    return within({ work: under }, () => ended(() => own, work));
  }

  begin(facts: Facts, origin: Origin | undefined): void {
    const work = currentScope()?.work;
    if (work?.begin === undefined) return;
    work.facts = { ...work.facts, ...facts };
    work.span = work.begin(origin);
    work.span.tell(facts);
  }

  note(facts: Facts): void {
    const work = currentScope()?.work;
    if (work === undefined) return;
    work.facts = { ...work.facts, ...facts };
    work.span.tell(facts);
  }

  part<T>({ name, isRequest, facts = {} }: Part, work: (tell: Tell) => Promise<T>): Promise<T> {
    const scope = currentScope();
    if (!this.#tracer.isTracing || scope === undefined) return work(() => {});
    const parent = spanOf(scope).context;
    const span = this.#tracer.start({
      name,
      kind: isRequest ? 'client' : 'internal',
      parent,
      facts,
    });
    const run = () => work((more) => span.tell(more));
    return within({ work: scope.work, part: span }, () => ended(() => span, run));
  }

  traceparent(): string | undefined {
    const context = this.context();
    return context && traceparentOf(context);
  }

  /** Returns the context by which others may go on; undefined where nothing is traced. */
  context(): TraceContext | undefined {
    const scope = currentScope();
    return this.#tracer.isTracing && scope ? spanOf(scope).context : undefined;
  }

  /** Sends what has ended; never throws, and is over within a second. */
  flush(): Promise<void> {
    return this.#tracer.flush();
  }

  /** Sends for the last time. */
  close(): Promise<void> {
    return this.#tracer.close();
  }
}

/** Runs the work and ends its span, if it came to have one. */
async function ended<T>(
  span: () => Span | undefined,
  work: (failed: Failed) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  try {
    return await work((error) => {
      failure = error;
    });
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    span()?.end(failure);
  }
}

/**
 * Returns where a visit stands: in the trace of what asked for it, if this is the first to answer it, else where the
 * event came from. What it does not go on with is linked.
 */
function placeOf(event: TraceContext | undefined, origin: Origin | undefined) {
  const asked = readTraceContext(origin?.traceparent);
  if (asked === undefined || asked.traceId === event?.traceId) return { parent: event };
  return origin?.isNews
    ? { parent: asked, links: event ? [event] : [] }
    : { parent: event, links: [asked] };
}
