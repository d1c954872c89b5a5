// Whether back-off counters tell of attempts and nothing else, seen at the API server's answers.
import { ANNOTATION } from '../../gitops/webapp.ts';
import type { Answer } from '../faults/history.ts';
import { type Entry, isWrite } from '../faults/journal.ts';
import { type Counted, rightCount } from '../helpers/counted-failures.ts';

interface Count extends Counted {
  /** Uid and generation: another object or spec begins again. */
  readonly whose: string;
}

/** Follows the counter of every object. */
export class Counters {
  /** What was wrong: a counter that rose by more or less than one at a time. */
  readonly wrong: string[] = [];
  /** Failures counted so far, by plural and name. */
  readonly counted = new Map<string, number>();
  highest = 0;
  readonly #now = new Map<string, Count>();

  see(entry: Entry, { status, body }: Answer): void {
    const retry = entry.body?.metadata?.annotations?.[ANNOTATION.retry];
    if (!isWrite(entry) || status >= 300 || retry === undefined) return;
    const key = `${entry.resource}/${entry.name}`;
    if (retry === null) this.#now.delete(key);
    else {
      const { failures, revision, request } = JSON.parse(retry);
      this.#count(key, { failures, revision, request, whose: whoseOf(body) });
    }
  }

  #count(key: string, count: Count): void {
    const { failures, whose } = count;
    const before = this.#now.get(key);
    const expected = rightCount(before?.whose === whose ? before : undefined, count);
    if (failures !== expected) this.wrong.push(`${key} counts ${failures}, not ${expected}`);
    this.#now.set(key, count);
    this.counted.set(key, (this.counted.get(key) ?? 0) + 1);
    this.highest = Math.max(this.highest, failures);
  }
}

function whoseOf({ metadata }: Answer['body']): string {
  return `${metadata.uid} ${metadata.generation}`;
}
