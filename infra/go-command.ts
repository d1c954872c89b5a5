// The Go command as this project's builds use it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Platform } from './control-plane/versions.ts';

const run = promisify(execFile);

/** Runs the Go command in a folder and returns what it printed. */
export type Go = (folder: string, ...args: string[]) => Promise<string>;

/**
 * Returns a runner of `command`. It throws with the end of Go's own output when Go is not installed or fails, and the
 * signal's reason when aborted.
 */
export function goCommand(
  command: string,
  { platform, signal }: { platform: Platform; signal: AbortSignal },
): Go {
  const env = { ...process.env, GOOS: platform.os, GOARCH: platform.arch, GOWORK: 'off' };
  return async (cwd, ...args) => {
    try {
      // Go waits for its compilers on an interrupt; on other signals it would leave them behind.
      const options = { cwd, env, signal, killSignal: 'SIGINT', maxBuffer: 2 ** 26 } as const;
      return (await run(command, args, options)).stdout;
    } catch (cause) {
      signal.throwIfAborted();
      throw new Error(explain(args[0], cause as { code?: unknown; stderr?: string }), { cause });
    }
  };
}

function explain(verb: string | undefined, { code, stderr }: { code?: unknown; stderr?: string }) {
  if (code === 'ENOENT') return 'Go is not installed';
  const end = stderr?.trim().split('\n').slice(-5).join('\n');
  return `go ${verb} failed (${code}): ${end}`;
}
