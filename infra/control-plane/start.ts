import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Binaries, type BinarySources, findBinaries, userSources } from './binaries.ts';
import { boot } from './boot.ts';
import type { Controllers } from './components.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { type Log, logToStderr } from './progress.ts';
import { Supervision } from './supervision.ts';

/** How to start a control plane; every field may be left out. */
export interface ControlPlaneOptions {
  /** Its folder, kept for a later start on the same data; a temporary one unless given. */
  dir?: string;
  /** Whether each request becomes a JSON line of `auditLog`. */
  audit?: boolean;
  /** Path of a kubeconfig for the webhook that is asked who shows a token nobody else knows. */
  tokenWebhook?: string;
  /** 'none' leaves out workloads: no scheduler, no nodes, only garbage collection and the like. */
  controllers?: Controllers;
  /** Where the programs come from; the user's own sources unless given. */
  sources?: BinarySources;
  log?: Log;
  /** Ends the start, not the started control plane. */
  signal?: AbortSignal;
}

/** A running cluster of real Kubernetes programs on loopback, for as long as this process lives. */
export interface ControlPlane extends AsyncDisposable {
  dir: string;
  server: string;
  /** The file with the certificate (PEM) that signed the server's own. */
  caFile: string;
  /** The path of a kubeconfig for a cluster administrator. */
  kubeconfig: string;
  /** The path of the audit log, one JSON event (audit.k8s.io/v1) a line. */
  auditLog?: string;
  binaries: Binaries;
  /** The process group of all its processes. */
  group: number;
  /** Aborted, with a ProcessEnded as the reason, when one of its processes ends by itself. */
  lost: AbortSignal;
  /** Returns the text of a kubeconfig for another caller, such as a service account. */
  kubeconfigFor(token: string, user: string): string;
  /** Ends all its processes, a few seconds. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok; returns once pods can run.
 * About 5 s; minutes the first time, when the programs have to be downloaded or built.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { audit = false, controllers = 'all', log = logToStderr, tokenWebhook } = options;
  const signal = options.signal ?? new AbortController().signal;
  const binaries = await findBinaries(options.sources ?? userSources(), { log, signal });
  const dir = await openFolder(options.dir);
  const supervision = new Supervision(dir, options.dir ? 'keep' : 'remove');
  const lost = new AbortController();
  const lose = (error: unknown) => lost.abort(error);
  supervision.broken().then(lose, lose);
  try {
    const own = { dir, binaries, supervision, lost, signal };
    const entrance = await boot({ ...own, audit, tokenWebhook, controllers });
    const stop = () => supervision.stop();
    return {
      dir,
      server: entrance.server,
      caFile: join(dir, 'ca.crt'),
      kubeconfig: join(dir, 'admin.kubeconfig'),
      ...(audit && { auditLog: join(dir, 'audit.log') }),
      binaries,
      group: supervision.group,
      lost: lost.signal,
      kubeconfigFor: (token, user) => kubeconfigText({ ...entrance, token, user }),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    lost.abort(error);
    await supervision.stop();
    throw error;
  }
}

async function openFolder(dir: string | undefined): Promise<string> {
  if (!dir) return mkdtemp(join(tmpdir(), 'webapp-operator-'));
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return resolve(dir);
}
