// What a Prometheus answers, and what promtool says.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findGoProgram } from '../../infra/go-program.ts';
import { PROMTOOL } from '../../infra/prometheus/programs.ts';

const run = promisify(execFile);

export interface Found {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
}

export interface LoadedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

interface Vector {
  readonly resultType: string;
  readonly result: readonly { metric: Record<string, string>; value: [number, string] }[];
}

/** Returns what an expression that gives a vector or a scalar is now. Throws with Prometheus' words where it cannot. */
export async function query(url: string, expr: string): Promise<Found[]> {
  const { resultType, result } = await ask<Vector>(`${url}/api/v1/query`, { query: expr });
  if (resultType !== 'vector') throw new Error(`${expr} is a ${resultType}`);
  return result.map(({ metric, value: [, text] }) => ({ labels: metric, value: Number(text) }));
}

/** Returns the only value of an expression, or 0 where there is none. */
export async function numberOf(url: string, expr: string): Promise<number> {
  return (await query(url, expr))[0]?.value ?? 0;
}

/** Returns the alerts that are pending or firing. */
export async function alertsOf(url: string): Promise<readonly FiringAlert[]> {
  return (await ask<{ alerts: FiringAlert[] }>(`${url}/api/v1/alerts`, {})).alerts;
}

/** Returns all rules that are loaded, with how their last evaluation went. */
export async function rulesOf(url: string): Promise<readonly LoadedRule[]> {
  const { groups } = await ask<{ groups: { rules: LoadedRule[] }[] }>(`${url}/api/v1/rules`, {});
  return groups.flatMap(({ rules }) => rules);
}

async function ask<T>(url: string, form: Record<string, string>): Promise<T> {
  const method = Object.keys(form).length > 0 ? 'POST' : 'GET';
  const body = method === 'POST' ? { body: new URLSearchParams(form) } : {};
  const answer = (await (await fetch(url, { method, ...body })).json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: T;
  };
  if (answer.status !== 'success') throw new Error(`${form.query ?? url}: ${answer.error}`);
  return answer.data;
}

/** How promtool ended and all that it said. */
export interface Said {
  readonly code: number;
  readonly text: string;
}

/** Runs promtool with arguments and an input. */
export async function promtool(args: readonly string[], input = ''): Promise<Said> {
  const running = run(await findGoProgram(PROMTOOL), args);
  running.child.stdin?.end(input);
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
  );
}
