// `webapp review`: the review of a pull request on the command line of any CI. It needs no cluster and no
// network; with --live it tells beside the verdict what a cluster holds.
import { stat, writeFile } from 'node:fs/promises';
import { PermanentError } from '../../gitops/errors.ts';
import { sha256 } from '../../gitops/io/digest.ts';
import { folderSnapshot } from '../../gitops/io/folder.ts';
import { openLocalRepository } from '../../gitops/io/local-repository.ts';
import { PolicyReader } from '../../gitops/policy/reader.ts';
import { assemble } from '../../gitops/review/assemble.ts';
import type { Scope } from '../../gitops/review/proposal.ts';
import type { Report } from '../../gitops/review/report.ts';
import { reviewScope } from '../../gitops/review/review.ts';
import type { Commits } from '../../gitops/review/trees.ts';
import { loadKubeConfig } from '../kube-config.ts';
import { FORMATS, type Format } from '../report/formats.ts';
import { VERSION } from '../version.ts';
import { liveBy } from './live.ts';

export interface ReviewOptions {
  readonly base?: string;
  readonly head: string;
  readonly path: string;
  readonly policies?: string;
  readonly namespace: string;
  /** Name of the WebAppSource. */
  readonly source?: string;
  /** False where the source deletes nothing (spec.prune). */
  readonly prune?: boolean;
  /** format, or format=file. */
  readonly output: readonly string[];
  readonly failOn: FailOn;
  readonly repository: string;
  /** Tells beside the verdict what a cluster holds. */
  readonly live?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const FAIL_ON = ['deny', 'warn', 'audit', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Exit codes of all commands that judge; 3 is a failure outside (main.ts). */
export const EXIT = { clean: 0, findings: 1, cannotJudge: 2 } as const;

/** Reviews, writes every output that was asked for, and returns the exit code. */
export async function reviewCommand(options: ReviewOptions): Promise<number> {
  const outputs = options.output.map(outputOf);
  const report = await reviewOf(options);
  for (const { format, file } of outputs) {
    const text = FORMATS[format](report);
    if (file === undefined) process.stdout.write(text);
    else await writeFile(file, text);
  }
  return exitCode(report, options.failOn);
}

function outputOf(text: string): { format: Format; file?: string } {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!Object.hasOwn(FORMATS, name)) {
    const known = Object.keys(FORMATS).join(', ');
    throw new PermanentError('UnknownFormat', `there is no format ${name}; use one of ${known}`);
  }
  return { format: name as Format, ...(at >= 0 && { file: text.slice(at + 1) }) };
}

async function reviewOf(options: ReviewOptions): Promise<Report> {
  const kubeConfig = options.live ? loadKubeConfig(options) : undefined;
  const commits = await commitsOf(options);
  const { path, policies, namespace, source, prune = true } = options;
  const scope: Scope = {
    path,
    namespace,
    prune,
    ...(source !== undefined && { source }),
    ...(policies !== undefined && { policies }),
  };
  await refuseMissing(commits, scope);
  const now = Date.now();
  const reader = new PolicyReader({ hash: sha256, now: () => now, believeMs: 0 });
  const reviewed = await reviewScope(commits, scope, { policies: reader, now });
  const live = kubeConfig && (await liveBy([reviewed], kubeConfig));
  const { base, head } = commits;
  return assemble([reviewed], {
    base: base.commit,
    head: head.commit,
    toolVersion: VERSION,
    hash: sha256,
    live,
  });
}

/** Folders where they are folders, else commits of the repository around. */
async function commitsOf({ base = 'main', head, repository }: ReviewOptions): Promise<Commits> {
  if ((await isFolder(base)) && (await isFolder(head)))
    return { base: folderSnapshot(base), head: folderSnapshot(head) };
  const local = await openLocalRepository(repository);
  const commit = async (revision: string) => {
    const found = await local.commitOf(revision);
    if (found !== undefined) return found;
    throw new PermanentError(
      'NoCommit',
      `${revision} is neither a folder nor a commit, branch or tag here`,
    );
  };
  const from = await commit(base);
  const baseSnapshot = await local.snapshot(from);
  if (await isFolder(head)) return { base: baseSnapshot, head: folderSnapshot(head) };
  const to = await commit(head);
  const fork = await local.mergeBase(from, to);
  return {
    base: baseSnapshot,
    head: await local.snapshot(to),
    ...(fork !== undefined && { mergeBase: await local.snapshot(fork) }),
  };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A mistyped folder must not look like one without findings. */
async function refuseMissing({ base, head }: Commits, { path, policies }: Scope): Promise<void> {
  for (const each of [path, policies]) {
    if (each === undefined) continue;
    if ((await base.hasPath(each)) || (await head.hasPath(each))) continue;
    throw new PermanentError(
      'PathNotFound',
      `there is no ${each} in ${base.commit} nor in ${head.commit}`,
    );
  }
}

/** A denial outweighs what could not be judged: it will not go away by itself. */
export function exitCode({ counts, findings }: Report, failOn: FailOn): number {
  if (failOn === 'never') return EXIT.clean;
  const levels = { deny: ['deny'], warn: ['deny', 'warn'], audit: ['deny', 'warn', 'audit'] }[
    failOn
  ];
  if (findings.some(({ level }) => levels.includes(level))) return EXIT.findings;
  return counts.error > 0 ? EXIT.cannotJudge : EXIT.clean;
}
