// `npm run bench:manifests`: the same number of findings in one file and in four. A search through the file for each
// finding would take four times as long in the one; a ratio near 1 says that there is none.
import { readManifests } from '../../gitops/sync/manifests.ts';
import { scriptCommand } from '../../infra/script-command.ts';

const FINDINGS = 8_000;
const FILES = 4;
const ROUNDS = 10;
/** Rounds before the compiler has done its work. */
const WARM_UP = 2;

const FLOODS: Readonly<Record<string, (count: number) => string>> = {
  documents: (count) => '---\n# a comment to fill the line\na\n'.repeat(count),
  labels: (count) => {
    const labels = Array.from({ length: count }, (_, index) => `    a${index}: 1\n`);
    return `apiVersion: example.com/v1\nkind: WebApp\nmetadata:\n  name: shop\n  labels:\n${labels.join('')}spec: {image: a}\n`;
  },
};

scriptCommand(
  'npm run bench:manifests',
  'How the time to read manifests grows with the findings in one file.',
).parse();

/** Returns the milliseconds that it took to read the files, all of whose findings were told. */
function read(texts: readonly string[]): number {
  const start = performance.now();
  for (const text of texts) {
    const { problems } = readManifests('apps/shop.yaml', text, 'default');
    if (problems.length !== FINDINGS / texts.length)
      throw new Error(`${problems.length} findings in one of ${texts.length} files`);
  }
  return performance.now() - start;
}

for (const [title, flood] of Object.entries(FLOODS)) {
  const one = [flood(FINDINGS)];
  const four = Array.from({ length: FILES }, () => flood(FINDINGS / FILES));
  const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => [read(one), read(four)] as const);
  const ratios = rounds.slice(WARM_UP).map(([whole, parts]) => whole / parts);
  const median = ratios.toSorted((a, b) => a - b)[ROUNDS / 2] as number;
  process.stdout.write(
    `${FINDINGS} wrong ${title}: one file takes ${median.toFixed(2)} times as long as ${FILES}\n`,
  );
}
