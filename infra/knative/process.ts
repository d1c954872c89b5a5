import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import type { Pod } from './network.ts';

/** A program with its arguments; the environment is all it gets, but for PATH. */
export interface Program {
  readonly name: string;
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

const LOG_END = 15;

/** A program that runs in a pod, and can be killed and started again there. */
export class PodProcess {
  readonly program: Program;
  readonly #pod: Pod;
  #child: ChildProcess | undefined;

  constructor(pod: Pod, program: Program) {
    this.#pod = pod;
    this.program = program;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it; its output goes to the end of its log. */
  async start(): Promise<void> {
    const { file, args = [], env, logFile } = this.program;
    await using log = await open(logFile, 'a');
    // The network is the pod's from here on; its guard ends what this process leaves behind.
    const child = spawn('ip', ['netns', 'exec', this.#pod.namespace, file, ...args], {
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: process.env.PATH, ...env },
    });
    this.#child = child;
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined;
    });
    child.once('error', () => {
      this.#child = undefined;
    });
  }

  /** Ends it by this signal and returns when it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** Returns the end of what it said, for whoever has to tell why it does not run. */
  async lastWords(): Promise<string> {
    const text = await readFile(this.program.logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-LOG_END).join('\n');
  }
}
