import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the supervisor is told: start this program, its output going to logs/NAME.log. */
export interface Launch {
  name: string;
  file: string;
  args: string[];
}

/** What the supervisor tells: this program ended, and how. */
export interface Ended {
  name: string;
  how: string;
}

/** A program of the control plane ended though nobody had stopped it; `log` is the end of its log. */
export class ProcessEnded extends Error {
  readonly log: string;

  constructor({ name, how }: Ended, log: string) {
    super(`${name} ended (${how}). The end of its log:\n${log}`);
    this.name = 'ProcessEnded';
    this.log = log;
  }
}

const stopMs = 20_000;
const logEndLines = 15;

/** The processes of one control plane, under one supervisor. None of them outlives this process. */
export class Supervision {
  readonly #dir: string;
  readonly #supervisor: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Map<string, (ended: Ended) => void>();
  #stopping = false;

  constructor(dir: string, whenDone: 'keep' | 'remove') {
    this.#dir = dir;
    this.#supervisor = forkSupervisor(dir, whenDone);
    this.#exited = once(this.#supervisor, 'exit');
    this.#supervisor.on('message', (ended: Ended) => this.#waiting.get(ended.name)?.(ended));
  }

  /** The process group that the supervisor and all programs are in. */
  get group(): number {
    return this.#supervisor.pid ?? 0;
  }

  /** Starts a program; the promise resolves when it ends without having been stopped. */
  launch(program: Launch): Promise<ProcessEnded> {
    // An error of sending means that the supervisor is gone, which broken() tells.
    this.#supervisor.send(program, () => {});
    return new Promise((resolve) => {
      this.#waiting.set(program.name, (ended) => {
        if (!this.#stopping) resolve(this.#describe(ended));
      });
    });
  }

  /** Resolves when the supervisor itself was killed; its guard clears away what it leaves behind. */
  async broken(): Promise<ProcessEnded> {
    await this.#exited;
    if (this.#stopping) return new Promise(() => {});
    const { signalCode, exitCode } = this.#supervisor;
    const how = signalCode ? `killed by ${signalCode}` : `exit code ${exitCode}`;
    return this.#describe({ name: 'supervisor', how });
  }

  /** Ends all processes, etcd last, and removes the folder if it is temporary; a few seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#supervisor.connected) this.#supervisor.disconnect();
    const timer = setTimeout(() => this.#supervisor.kill('SIGKILL'), stopMs);
    await this.#exited;
    clearTimeout(timer);
  }

  async #describe(ended: Ended): Promise<ProcessEnded> {
    const log = await readFile(join(this.#dir, 'logs', `${ended.name}.log`), 'utf8').catch(
      () => '',
    );
    return new ProcessEnded(ended, log.trimEnd().split('\n').slice(-logEndLines).join('\n'));
  }
}

/** Detached: the supervisor leads a session and a group of its own. */
function forkSupervisor(dir: string, whenDone: string): ChildProcess {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const log = openSync(join(dir, 'logs', 'supervisor.log'), 'w', 0o600);
  const child = fork(join(import.meta.dirname, 'supervisor.ts'), [dir, whenDone], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}
