// Check runs: annotations on lines beside the diff, which only a GitHub App may write.
import { type ForgeApi, type LineNote, STATUS_NAME, type Status } from './forge-api.ts';
import { ask, type GithubClient, type Repository } from './github-client.ts';

/** GitHub takes this many annotations of one request. */
const BATCH = 50;

/** Returns the part of the API that says verdicts, by one check run on each commit. */
export function checkRuns(
  client: GithubClient,
  repository: Repository,
): Pick<ForgeApi, 'setStatus' | 'status' | 'note'> {
  const ownRun = async (sha: string) => {
    const path = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const query = { ...repository, ref: sha, check_name: STATUS_NAME, filter: 'latest' } as const;
    return (await ask(client.request(path, query))).check_runs[0];
  };
  const update = async (id: number, change: object) => {
    const path = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    await ask(client.request(path, { ...repository, check_run_id: id, ...change }));
  };
  return {
    async setStatus(sha, status) {
      const run = await ownRun(sha);
      const change = { ...progressOf(status), output: outputOf(status) };
      if (run) return update(Number(run.id), change);
      const made = { ...repository, name: STATUS_NAME, head_sha: sha, external_id: sha };
      await ask(client.request('POST /repos/{owner}/{repo}/check-runs', { ...made, ...change }));
    },
    async status(sha) {
      const run = await ownRun(sha);
      return run && { state: stateOf(run), description: run.output.title ?? '' };
    },
    async note({ headSha }, notes) {
      const run = await ownRun(headSha);
      // Annotations are only ever added; a run that has some holds those of this very commit already.
      if (run === undefined || run.output.annotations_count > 0) return;
      const output = { title: run.output.title ?? '', summary: run.output.summary ?? '' };
      for (let from = 0; from < notes.length; from += BATCH) {
        const annotations = notes.slice(from, from + BATCH).map(annotationOf);
        await update(Number(run.id), { output: { ...output, annotations } });
      }
    },
  };
}

function progressOf({ state }: Status): object {
  if (state === 'pending') return { status: 'in_progress' };
  // Nobody could judge: that must look different from a policy's no, and block as much.
  const conclusion = state === 'error' ? 'action_required' : state;
  return { status: 'completed', conclusion };
}

function outputOf({ description }: Status): { title: string; summary: string } {
  return { title: description, summary: 'The comment of the pull request has the details.' };
}

function stateOf({
  status,
  conclusion,
}: {
  status: string;
  conclusion: string | null;
}): Status['state'] {
  if (status !== 'completed') return 'pending';
  if (conclusion === 'success') return 'success';
  return conclusion === 'failure' ? 'failure' : 'error';
}

function annotationOf({ path, line, column, level, title, body }: LineNote) {
  return {
    path,
    start_line: line,
    end_line: line,
    ...(column && { start_column: column.start, end_column: column.end }),
    annotation_level: level,
    title,
    message: body,
  };
}
