// The Dockerfile as data, and its copies made by hand, as no engine runs here.
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Copy, type Dockerfile, DockerfileParser, type Instruction } from 'dockerfile-ast';

export const ROOT = join(import.meta.dirname, '..', '..');
export const PATH = join(ROOT, 'infra', 'image', 'Dockerfile');

/** One stage: its base, name, and instructions in order. */
export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Returns the stages of a Dockerfile's text. */
export function stagesOf(text: string): Stage[] {
  const file: Dockerfile = DockerfileParser.parse(text);
  const froms = file.getFROMs();
  return froms.map((from, index) => {
    const first = from.getRange().start.line;
    const next = froms[index + 1]?.getRange().start.line ?? Number.POSITIVE_INFINITY;
    return {
      base: from.getImage() ?? '',
      name: from.getBuildStage() ?? undefined,
      instructions: file
        .getInstructions()
        .filter((one) => one.getRange().start.line > first && one.getRange().start.line < next),
    };
  });
}

/** Returns the values of a stage's instructions of one keyword. */
export function valuesOf({ instructions }: Stage, keyword: string): string[] {
  return instructions
    .filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArgumentsContent() ?? '');
}

/** What a COPY says: the stage it copies from, none for the project, and its paths as they are written. */
export interface Copying {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

/** Returns the copies of a stage. */
export function copiesOf({ instructions }: Stage): Copying[] {
  return instructions
    .filter((one) => one.getKeyword() === 'COPY')
    .map((one) => {
      const paths = one.getArguments().map((argument) => argument.getValue());
      const flags = (one as Copy).getFlags();
      const from = flags.find((flag) => flag.getName() === 'from')?.getValue() ?? undefined;
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
    });
}

/** Makes a stage's copies into `tree`; sources are below the project, or the tree of the stage they name. */
export async function makeCopies(
  stage: Stage,
  tree: string,
  trees: Readonly<Record<string, string>> = {},
): Promise<void> {
  for (const { source, path, from } of pathsOf(stage)) {
    const to = join(tree, path);
    await mkdir(dirname(to), { recursive: true });
    await cp(join(from === undefined ? ROOT : (trees[from] ?? ''), source), to, {
      recursive: true,
    });
  }
}

/** Returns each source with the path that it gets: a folder's content goes into the target, a file keeps its name. */
function pathsOf(stage: Stage) {
  const [workdir = '/'] = valuesOf(stage, 'WORKDIR');
  return copiesOf(stage).flatMap(({ from, sources, target }) => {
    const into = resolve(workdir, target);
    const isFolder = sources.length > 1 || target.endsWith('/');
    return sources.map((source) => {
      return { source, from, path: isFolder ? join(into, basename(source)) : into };
    });
  });
}

/** Returns the text of the project's Dockerfile. */
export function readDockerfile(): Promise<string> {
  return readFile(PATH, 'utf8');
}
