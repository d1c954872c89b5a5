// What a Pushgateway or the functions expose, as numbers.
import { request } from 'undici';

/** One sample; a histogram has several. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads `<url>/metrics`. */
export async function exposedBy(url: string): Promise<Sample[]> {
  const { body } = await request(`${url}/metrics`);
  return samplesIn(await body.text());
}

/** Returns the samples of the text format. No label of ours holds a quote or a comma. */
export function samplesIn(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (value === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** Returns the sum of the samples of this name with these labels. */
export function sum(
  samples: readonly Sample[],
  wanted: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(({ name, labels: its }) => name === wanted && isPart(labels, its))
    .reduce((total, { value }) => total + value, 0);
}

function isPart(part: Readonly<Record<string, string>>, whole: Sample['labels']): boolean {
  return Object.entries(part).every(([key, value]) => whole[key] === value);
}
