// The bytes of a commit, taken apart into what was signed and the signature.

/** A commit's signature and the bytes it is for, or why there is none to look at. */
export type Parted =
  | { readonly kind: 'signed'; readonly signature: string; readonly payload: Uint8Array }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'malformed'; readonly reason: string };

/** git writes the second for repositories that also have SHA-256 ids; it takes out both before it signs. */
const SIGNATURE_HEADERS = ['gpgsig', 'gpgsig-sha256'];

/**
 * Returns the signature of a commit and what it is for. A commit with more than one signature is refused: which of them
 * a reader looks at must not decide what the commit says.
 */
export function partCommit(content: Uint8Array): Parted {
  // Latin-1 keeps every byte as it is.
  const text = Buffer.from(content).toString('latin1');
  const end = text.indexOf('\n\n');
  const headers = headersOf(end < 0 ? text : text.slice(0, end + 1));
  const [signature, ...others] = headers.filter(({ name }) => SIGNATURE_HEADERS.includes(name));
  if (signature === undefined) return { kind: 'unsigned' };
  if (others.length > 0) return { kind: 'malformed', reason: 'it has more than one signature' };
  if (signature.name !== 'gpgsig')
    return { kind: 'malformed', reason: `it is signed for SHA-256 ids (${signature.name}) alone` };
  const kept = headers.filter((header) => header !== signature).map(({ lines }) => lines);
  const payload = Buffer.from(kept.join('') + (end < 0 ? '' : text.slice(end + 1)), 'latin1');
  return { kind: 'signed', signature: signatureIn(signature), payload };
}

interface Header {
  readonly name: string;
  /** The header with its continuations, each with its line end. */
  readonly lines: string;
}

/** A line that begins with a space goes on with the header before it. Every byte is in exactly one header. */
function headersOf(text: string): Header[] {
  const headers: Header[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    const last = line.startsWith(' ') ? headers.pop() : undefined;
    headers.push(
      last ? { ...last, lines: last.lines + line } : { name: nameOf(line), lines: line },
    );
  }
  return headers;
}

function nameOf(line: string): string {
  return line.split(/[ \n]/, 1)[0] ?? '';
}

function signatureIn({ name, lines }: Header): string {
  return lines.slice(name.length + 1).replaceAll('\n ', '\n');
}
