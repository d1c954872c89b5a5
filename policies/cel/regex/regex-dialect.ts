import { unicodeClass } from './regex-unicode.ts';

export interface Rewritten {
  readonly pattern: string;
  /** Turns a part of the rewritten pattern, as an error quotes it, into what the user wrote. */
  readonly restore: (part: string) => string;
}

/**
 * Writes a pattern of Go's regexp in the words of re2js. The two differ in the names of Unicode classes, in group
 * names given twice, which Go allows, and in `[:]` within brackets, which to Go begins no named class.
 */
export function toRe2js(pattern: string): Rewritten {
  const rewriter = new Rewriter(pattern);
  return { pattern: rewriter.rewrite(), restore: (part) => rewriter.restore(part) };
}

const ORDINARY = /[^\\[(]+/y;
const QUOTED = /\\Q[\s\S]*?(?:\\E|$)/y;
const CLASS_NAME = /\\([pP])(?:\{(\^?)([^}]*)\}|([^{]))/uy;
const UNENDED_NAME = /\\[pP]\{/y;
const GROUP_NAME = /\(\?(P?)<(\w+)>/y;

/** A piece of the source and what stands for it in the result. */
interface Change {
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

class Rewriter {
  readonly #source: string;
  readonly #groups = new Set<string>();
  readonly #changes: Change[] = [];
  #at = 0;
  #out = '';

  constructor(source: string) {
    this.#source = source;
  }

  rewrite(): string {
    while (this.#more()) this.#item();
    return this.#out;
  }

  restore(part: string): string {
    const start = this.#out.endsWith(part)
      ? this.#out.length - part.length
      : this.#out.indexOf(part);
    return this.#source.slice(this.#sourceOffset(start), this.#sourceOffset(start + part.length));
  }

  /** An error quotes whole changes, so an offset is never inside one. */
  #sourceOffset(offset: number): number {
    let shift = 0;
    for (const { at, from, to } of this.#changes) {
      if (at + to.length > offset) break;
      shift += from.length - to.length;
    }
    return offset + shift;
  }

  #item(): void {
    const plain = this.#match(ORDINARY) ?? this.#match(QUOTED);
    if (plain) this.#copy(plain[0].length);
    else if (this.#startsWith('[')) this.#brackets();
    else if (this.#startsWith('(')) this.#group();
    else this.#escape();
  }

  #brackets(): void {
    this.#copy(this.#startsWith('[^') ? 2 : 1);
    // A bracket in the first place is a character.
    if (this.#startsWith(']')) this.#copy(1);
    while (this.#more() && !this.#startsWith(']')) {
      if (this.#startsWith('[:')) this.#named();
      else if (this.#startsWith('\\')) this.#escape();
      else this.#copy(1);
    }
    this.#copy(1);
  }

  #named(): void {
    const end = this.#source.indexOf(':]', this.#at + 2);
    if (!this.#startsWith('[:]')) this.#copy(end < 0 ? 1 : end + 2 - this.#at);
    else if (end < 0) this.#change('[:', '\\[:');
    else this.#change(this.#source.slice(this.#at, end + 2), '[:no name:]');
  }

  #escape(): void {
    const match = this.#match(CLASS_NAME);
    if (match) this.#unicode(match);
    // A name without end is an error that quotes all that follows.
    else this.#copy(this.#match(UNENDED_NAME) ? this.#source.length : 2);
  }

  #unicode([whole, sign = '', negation = '', inBraces, letter = '']: RegExpExecArray): void {
    const known = unicodeClass(inBraces ?? letter);
    if (inBraces === undefined) {
      if (known === undefined || known === letter) this.#copy(whole.length);
      else this.#change(whole, `\\${sign}{${known}}`);
      return;
    }
    this.#copy(3 + negation.length);
    // No name has an exclamation mark, so with one it is as wrong to re2js as the given name is to Go.
    if (known === undefined) this.#change('', '!');
    if (known === undefined || known === inBraces) this.#copy(inBraces.length);
    else this.#change(inBraces, known);
    this.#copy(1);
  }

  #group(): void {
    const [whole = '(', p = '', name = ''] = this.#match(GROUP_NAME) ?? [];
    if (this.#groups.has(name)) this.#change(whole, `(?${p}<${this.#unused(name)}>`);
    else this.#copy(whole.length);
    if (name) this.#groups.add(name);
  }

  /** Returns a name that no group has, and takes it. */
  #unused(name: string): string {
    const other = `${name}__${this.#groups.size}`;
    this.#groups.add(other);
    return other;
  }

  #more(): boolean {
    return this.#at < this.#source.length;
  }

  #startsWith(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.#at;
    return sticky.exec(this.#source);
  }

  #copy(length: number): void {
    this.#out += this.#source.slice(this.#at, this.#at + length);
    this.#at += length;
  }

  #change(from: string, to: string): void {
    this.#changes.push({ at: this.#out.length, from, to });
    this.#out += to;
    this.#at += from.length;
  }
}
