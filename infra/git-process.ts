import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Environment for a git child process: nothing of the user's configuration, identity or GIT_* variables gets in. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const name = 'webapp';
  const email = 'webapp@localhost';
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

/** Runs git and returns its output without the last line break. An exit code other than 0 is an error with what git said. */
export async function git(
  args: string[],
  options: { cwd?: string; input?: string } = {},
): Promise<string> {
  const child = spawn('git', args, { cwd: options.cwd, env: gitEnvironment(), stdio: 'pipe' });
  child.stdin.on('error', () => {}); // git may end before it has read all; its exit code tells.
  child.stdin.end(options.input ?? '');
  const [output, complaint, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}: ${complaint.trim()}`);
  return output.trimEnd();
}
