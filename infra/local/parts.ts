// The functions and the relay as processes of their own, as they run in production; one that dies is started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** A part that is kept running. */
export interface Part {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Returns what its ready line tells, or undefined for any other line. */
  readonly ready: (line: LogLine) => string | undefined;
}

/** One line of a part's log. */
export interface LogLine {
  readonly msg?: string;
  readonly address?: string;
}

/** A part that is running. */
export interface RunningPart {
  /** What its first ready line told. */
  readonly told: string;
  /** Process id of the present process; undefined between two. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

const CLI = join(import.meta.dirname, '..', '..', 'functions', 'cli.ts');
const RESTART_MS = 200;
const READY_MS = 60_000;
const GRACE_MS = 5_000;

/** Starts a part and returns once it is ready. A part that is started again listens on the port of the first time. */
export async function startPart(
  part: Part,
  restarted: (name: string) => void,
): Promise<RunningPart> {
  const first = launch(part, part.env);
  const told = await firstReady(part, first);
  const port = URL.canParse(told) ? { PORT: new URL(told).port } : {};
  return new KeptPart({ ...part, env: { ...part.env, ...port } }, { first, told, restarted });
}

class KeptPart implements RunningPart {
  readonly told: string;
  readonly #part: Part;
  readonly #restarted: (name: string) => void;
  readonly #kept: Promise<void>;
  #child: ChildProcess;
  #stopping = false;

  constructor(
    part: Part,
    {
      first,
      told,
      restarted,
    }: { first: ChildProcess; told: string; restarted: (name: string) => void },
  ) {
    this.#part = part;
    this.#child = first;
    this.told = told;
    this.#restarted = restarted;
    this.#kept = this.#keep();
  }

  pid(): number | undefined {
    return isOver(this.#child) ? undefined : this.#child.pid;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill();
    const force = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    await this.#kept;
    clearTimeout(force);
  }

  async #keep(): Promise<void> {
    for (;;) {
      await ended(this.#child);
      if (!this.#stopping) await sleep(RESTART_MS);
      if (this.#stopping) return;
      this.#child = launch(this.#part, this.#part.env);
      this.#restarted(this.#part.name);
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (!isOver(child)) await once(child, 'exit');
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** The channel tells the child when this process is gone, even by SIGKILL. */
function launch({ args, logFile }: Part, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...env },
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('close', () => log.end());
  return child;
}

async function firstReady(part: Part, child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  const died = once(child, 'exit').then(() => {
    throw new Error(`${part.name} ended at once: ${lines.slice(-3).join(' ')}`);
  });
  const late = sleep(READY_MS, undefined, { ref: false }).then(() => {
    throw new Error(`${part.name}: not ready in ${READY_MS / 1_000} s; see ${part.logFile}`);
  });
  child.stderr?.on('data', (chunk) => lines.push(String(chunk).trim()));
  const ready = readyLine(part, child, lines);
  return Promise.race([ready, died, late]);
}

function readyLine(part: Part, { stdout }: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve) => {
    if (stdout === null) return;
    const reader = createInterface({ input: stdout });
    reader.on('line', (line) => {
      lines.push(line);
      const told = line.startsWith('{') ? part.ready(JSON.parse(line)) : undefined;
      if (told === undefined) return;
      reader.removeAllListeners('line');
      resolve(told);
    });
  });
}
