/** Numbers the nodes of one expression. */
export class NodeIds {
  #last = 0;

  next(): number {
    return ++this.#last;
  }
}
