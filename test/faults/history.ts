// What the API server has answered before, so that an old answer can be served again.
import type { Asked, Fields } from './journal.ts';
import { isWrite } from './journal.ts';

/** An answer of the API server; the body is JSON in all cases. */
export interface Answer {
  readonly status: number;
  readonly body: Fields;
}

/** The versions of each address, in the order in which they were seen. */
export class History {
  readonly #versions = new Map<string, Answer[]>();

  /** Remembers an answer; one to a write tells what a read would have said. */
  note(asked: Asked, answer: Answer): void {
    const address = addressOf(asked);
    if (asked.verb === 'delete' && answer.status < 300) {
      this.#add(address, { status: 404, body: { kind: 'Status', reason: 'NotFound', code: 404 } });
    } else if (answer.status < 300 || (asked.verb === 'get' && answer.status === 404)) {
      this.#add(address, answer);
    }
  }

  /** Returns the version before the given one, if one was ever seen. */
  before(asked: Asked, fresh: Answer): Answer | undefined {
    const now = versionOf(fresh);
    return this.#versions.get(addressOf(asked))?.findLast((old) => versionOf(old) !== now);
  }

  #add(address: string, answer: Answer): void {
    const versions = this.#versions.get(address) ?? [];
    const last = versions.at(-1);
    if (last === undefined || versionOf(last) !== versionOf(answer)) versions.push(answer);
    this.#versions.set(address, versions);
  }
}

function addressOf(asked: Asked): string {
  if (isWrite(asked)) return asked.path.replace(/\/status$/, '');
  return `${asked.path}?${asked.query}`.replace(/\?$/, '');
}

function versionOf({ status, body }: Answer): string {
  if (status === 404) return 'absent';
  if (body.items === undefined) return body.metadata.resourceVersion;
  return body.items
    .map((item: Fields) => `${item.metadata.uid}@${item.metadata.resourceVersion}`)
    .join();
}
