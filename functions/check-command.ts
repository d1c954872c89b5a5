// `webapp check URL`: whether functions that are deployed can work, asked from outside; `helm test` runs it.
import { messageOf } from '../gitops/errors.ts';
import { trimSlashes } from '../gitops/trim-slashes.ts';

const TIMEOUT_MS = 10_000;

/** Something that was asked, and whether the answer was the one there should be. */
export interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly answer: string;
}

/** Asks functions that serve webhooks whether they are ready, and whether they refuse what nobody has signed. */
export async function checkFunctions(url: string): Promise<Finding[]> {
  const base = trimSlashes(url);
  const unsigned = { method: 'POST', body: '{}' };
  return [
    await ask('ready', { url: `${base}/readyz`, wanted: 200 }),
    await ask('unsigned webhook is refused', {
      ...{ url: `${base}/webhooks/github`, wanted: 401 },
      request: unsigned,
    }),
  ];
}

interface Question {
  readonly url: string;
  /** Status of a good answer. */
  readonly wanted: number;
  readonly request?: RequestInit;
}

async function ask(what: string, { url, wanted, request }: Question): Promise<Finding> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { ...request, signal });
    const answer = `${response.status} ${(await response.text()).slice(0, 200)}`;
    return { what, good: response.status === wanted, answer };
  } catch (error) {
    return { what, good: false, answer: messageOf(error) };
  }
}

/** Prints what was found and returns the exit code: 0, or 1 where something is not as it should be. */
export async function checkCommand(url: string): Promise<number> {
  const findings = await checkFunctions(url);
  for (const { what, good, answer } of findings)
    process.stdout.write(`${good ? '✔' : '✗'} ${what}${good ? '' : `: ${answer}`}\n`);
  return findings.every(({ good }) => good) ? 0 : 1;
}
