// A process of the product as a supervisor in production keeps it: one that is gone is started again at once.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What to run on this Node, and the file that its output goes to. */
export interface Command {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** Longest pause before a start that follows one which ended by itself, in milliseconds. */
const CALM_MS = 1_000;

/** One process after the other. */
export class KeptProcess {
  readonly #command: Command;
  #child: ChildProcess | undefined;
  #isHeld = true;
  #kept: Promise<void> = Promise.resolve();

  constructor(command: Command) {
    this.#command = command;
  }

  get logFile(): string {
    return this.#command.logFile;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts it, and again whenever it is gone, until it is held. */
  run(): void {
    this.#isHeld = false;
    this.#kept = this.#keep();
  }

  /** Kills it by SIGKILL; it is started again. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Kills it, or asks it to end, and starts none until `run`. */
  async hold(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.#isHeld = true;
    this.#child?.kill(signal);
    await this.#kept;
  }

  async #keep(): Promise<void> {
    while (!this.#isHeld) {
      const child = await this.#launch();
      // It may have been held while it was launched.
      if (this.#isHeld) child.kill('SIGKILL');
      const [, signal] = await once(child, 'exit');
      this.#child = undefined;
      // One that cannot even start must not take all the machine's time.
      if (signal === null && !this.#isHeld) await sleep(CALM_MS);
    }
  }

  /** The file is the process' own: what it has said is there, however it ends. The channel ends it with this process. */
  async #launch(): Promise<ChildProcess> {
    const { args, env, logFile } = this.#command;
    await using log = await open(logFile, 'a');
    this.#child = spawn(process.execPath, args, {
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      env: { ...process.env, ...env },
    });
    return this.#child;
  }
}
