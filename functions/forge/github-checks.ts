// Check runs: annotations on lines beside the diff, which only a GitHub App may write.
import type { ForgeApi, LineNote, Status } from './forge-api.ts';
import { ask, type Github, UNREPEATED } from './github-client.ts';
import { lookThenSend } from './look-then-send.ts';

/** GitHub takes this many annotations of one request. */
const BATCH = 50;
const MAX_TITLE = 255;

/** Our runs are told from those of other Apps under the same name by this. */
const EXTERNAL_ID = 'webapp-review';

/**
 * Returns the part of the API that says verdicts, by check runs. Annotations are only ever added, so each review of a
 * commit has a run of its own; GitHub shows the latest.
 */
export function checkRuns({
  client,
  repository,
  appId,
  statusName,
}: Github): Pick<ForgeApi, 'setStatus' | 'status' | 'note'> {
  const latest = async (sha: string) => {
    const path = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const query = { ...repository, ref: sha, check_name: statusName, filter: 'latest' } as const;
    const asked = client.request(path, { ...query, ...(appId && { app_id: appId }) });
    const { check_runs: runs } = await ask(asked);
    return runs
      .filter(({ external_id: external }) => external === EXTERNAL_ID)
      .sort((a, b) => Number(b.id) - Number(a.id))[0];
  };
  const create = async (sha: string, change: object) => {
    const made = { name: statusName, head_sha: sha, external_id: EXTERNAL_ID, ...change };
    const content = { ...repository, ...made, request: UNREPEATED };
    await ask(client.request('POST /repos/{owner}/{repo}/check-runs', content));
  };
  const update = async (id: number, change: object) => {
    const path = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
    await ask(client.request(path, { ...repository, check_run_id: id, ...change }));
  };
  return {
    async setStatus({ headSha }, status) {
      const change = { ...progressOf(status), output: outputOf(status) };
      await lookThenSend(async () => {
        const run = await latest(headSha);
        return run && (run.status !== 'completed' || status.state !== 'pending')
          ? () => update(Number(run.id), change)
          : () => create(headSha, change);
      });
    },
    async status(sha) {
      const run = await latest(sha);
      return run && { state: stateOf(run), description: run.output.title ?? '' };
    },
    note: ({ headSha }, notes) =>
      lookThenSend(async () => {
        const run = await latest(headSha);
        if (run === undefined) return undefined;
        const output = { title: run.output.title ?? '', summary: run.output.summary ?? '' };
        return async () => {
          // Those of a batch that went through before the next one failed are there.
          for (let from = run.output.annotations_count; from < notes.length; from += BATCH) {
            const annotations = notes.slice(from, from + BATCH).map(annotationOf);
            const change = { output: { ...output, annotations }, request: UNREPEATED };
            await update(Number(run.id), change);
          }
        };
      }),
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
    title: title.slice(0, MAX_TITLE),
    message: body,
  };
}
