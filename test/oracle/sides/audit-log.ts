import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

type Annotations = Readonly<Record<string, string>>;

interface AuditEvent {
  readonly auditID: string;
  readonly annotations?: Annotations;
}

const LONGEST_MS = 10_000;

/** The annotations of dry runs, from the audit log of a kube-apiserver. */
export class AuditLog {
  readonly #path: string;
  readonly #annotations = new Map<string, Annotations>();
  #offset: number;
  #rest = '';
  #reading: Promise<void> | undefined;

  private constructor(path: string, offset: number) {
    this.#path = path;
    this.#offset = offset;
  }

  /** Opens the log at its end: what was logged before is nobody's. */
  static async open(path: string): Promise<AuditLog> {
    return new AuditLog(path, (await stat(path)).size);
  }

  /** Returns the annotations of the request with this id, once; waits until it is logged, 10 s at most. */
  async annotationsOf(id: string): Promise<Annotations> {
    const end = performance.now() + LONGEST_MS;
    for (;;) {
      const found = this.#annotations.get(id);
      this.#annotations.delete(id);
      if (found) return found;
      if (performance.now() > end) throw new Error('the audit log does not tell of a request');
      await sleep(2);
      await this.#read();
    }
  }

  /** Whoever waits meanwhile waits for the same read: two at once would take the same lines, or go back. */
  #read(): Promise<void> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    await using file = await open(this.#path);
    const { size } = await file.stat();
    if (size === this.#offset) return;
    const space = Buffer.alloc(size - this.#offset);
    const { buffer, bytesRead } = await file.read({ buffer: space, position: this.#offset });
    this.#offset += bytesRead;
    const lines = (this.#rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines.filter((each) => each.includes('dryRun=All'))) this.#take(line);
  }

  /** A character may be cut in two where a read ends, so bytes become text line by line. */
  #take(line: string): void {
    const text = Buffer.from(line, 'latin1').toString('utf8');
    const { auditID, annotations = {} } = JSON.parse(text) as AuditEvent;
    this.#annotations.set(auditID, annotations);
  }
}
