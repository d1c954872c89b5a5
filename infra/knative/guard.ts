import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Takes away what a run has made on this machine. */
export interface Guard {
  /** Does so now; returns when all is gone. */
  clear(): Promise<void>;
}

/** `ip netns pids` names every process of a namespace, whoever started it. */
const SCRIPT = `
read _
for ns in $(ip netns list | cut -d ' ' -f 1 | grep "^$1-"); do
  pids=$(ip netns pids "$ns")
  [ -z "$pids" ] || kill -9 $pids
  ip netns delete "$ns"
  rm -rf "/etc/netns/$ns"
done
ip link delete "$1" 2>/dev/null
rm -rf "$2"
`;

/**
 * Starts a shell that clears away the namespaces with this prefix, and the folder, when it is told to or this process is
 * gone, even by SIGKILL: its input ends with whoever holds the other end.
 */
export function startGuard(prefix: string, folder: string): Guard {
  const shell = spawn('sh', ['-c', SCRIPT, 'guard', prefix, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(shell, 'exit');
  shell.unref();
  return {
    clear: async () => {
      shell.ref();
      shell.stdin?.end();
      await exited;
    },
  };
}
