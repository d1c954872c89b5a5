// What is wrong with files that a command was given, for the person at the terminal.
import { codeFrame, formatProblem, type PolicyFile, type Problem } from '../policies/index.ts';
import { harmless } from './report/text.ts';

/** Returns a line for each problem, in the form that editors jump to, and the text it is about below. */
export function describeProblems(
  problems: readonly Problem[],
  files: readonly PolicyFile[],
): string {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return problems.map((problem) => describe(problem, texts.get(problem.path))).join('');
}

function describe(problem: Problem, text: string | undefined): string {
  const sign = problem.severity === 'warning' ? '⚠' : '✗';
  const frame = text === undefined ? [] : codeFrame(text, problem, problem.length).split('\n');
  const lines = [`${sign} ${formatProblem(problem)}`, ...frame.map((line) => `    ${line}`)];
  return `${lines.map(harmless).join('\n')}\n`;
}
