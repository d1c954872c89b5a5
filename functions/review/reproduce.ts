// The same review once more, on anybody's machine.
import type { Report } from '../../gitops/review/report.ts';
import { type ReviewedSource, refsOf } from './sources.ts';

/** More are counted. */
const MAX_COMMANDS = 10;

/**
 * Returns what a person types in a clone of the repository to have the same review: the commits are fetched first, as
 * those of a pull request are on no branch, and each source has a command of its own.
 */
export function commandsFor(
  sources: readonly [ReviewedSource, ...ReviewedSource[]],
  { base, head }: Report,
  number: number,
): string[] {
  const [{ source }] = sources;
  const refs = [source.spec.branch, `refs/${refsOf(source)}/${number}/head`];
  const commits = { base: base.slice(0, 12), head: head.slice(0, 12) };
  const some = sources.slice(0, MAX_COMMANDS);
  const more = sources.length - some.length;
  return [
    `git fetch origin ${refs.map(quoted).join(' ')}`,
    ...some.map((each) => commandFor(each, commits)),
    ...(more > 0 ? [`# and ${more} more of the kind, for the other WebAppSources`] : []),
  ];
}

function commandFor({ source: { spec, metadata } }: ReviewedSource, commits: object): string {
  const options = {
    ...commits,
    path: spec.path,
    ...(spec.policies && { policies: spec.policies.path }),
    namespace: metadata.namespace ?? '',
    source: metadata.name,
  };
  const words = Object.entries(options).map(([name, value]) => `--${name} ${quoted(value)}`);
  return `webapp review ${[...words, ...(spec.prune ? [] : ['--no-prune'])].join(' ')}`;
}

/** Quotes keep a strange name from doing anything else. */
function quoted(word: string): string {
  return /^[\w./@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
