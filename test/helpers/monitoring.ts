// The shipped rules, dashboards and kube-state-metrics configuration, and which metrics their expressions name.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';

export const MONITORING = join(import.meta.dirname, '../../infra/monitoring');

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly uid: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly Target[];
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly Variable[] };
  readonly links: readonly { readonly url: string }[];
  readonly panels: readonly Panel[];
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** Returns the paths of the files of a folder beside the rules. */
export async function filesIn(folder: 'rules' | 'tests' | 'dashboards'): Promise<string[]> {
  const names = await readdir(join(MONITORING, folder));
  return names.sort().map((name) => join(MONITORING, folder, name));
}

/** Returns the file's groups of rules. */
export async function groupsIn(file: string): Promise<RuleFile['groups']> {
  return (load(await readFile(file, 'utf8')) as RuleFile).groups;
}

/** Returns all rules of all files. */
export async function allRules(): Promise<Rule[]> {
  const groups = await Promise.all((await filesIn('rules')).map(groupsIn));
  return groups.flat().flatMap(({ rules }) => rules);
}

export async function allDashboards(): Promise<Dashboard[]> {
  const texts = await Promise.all((await filesIn('dashboards')).map((file) => readFile(file)));
  return texts.map((text) => JSON.parse(text.toString()));
}

/** Returns the expressions of all panels, with a value for each variable. */
export function expressionsIn({ panels, templating }: Dashboard): string[] {
  const names = templating.list.map(({ name }) => name);
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  return targets.map(({ expr }) =>
    names.reduce((text, name) => text.replaceAll(`$${name}`, '.*'), expr.replaceAll('$__rate_interval', '5m')),
  );
}

interface Configuration {
  readonly spec: {
    readonly resources: readonly {
      readonly metricNamePrefix: string;
      readonly metrics: readonly { readonly name: string }[];
    }[];
  };
}

/** Returns the names of the metrics that kube-state-metrics makes by our configuration. */
export async function kubeStateNames(): Promise<string[]> {
  const text = await readFile(join(MONITORING, 'kube-state-metrics.yaml'), 'utf8');
  const { resources } = (load(text) as Configuration).spec;
  return resources.flatMap(({ metricNamePrefix, metrics }) =>
    metrics.map(({ name }) => `${metricNamePrefix}_${name}`),
  );
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);

/** Returns the names of the metrics in an expression: what is neither label, nor function, nor word of the language. */
export function metricsIn(expr: string): string[] {
  const chosen = [...expr.matchAll(/__name__=~"([^"]*)"/g)].flatMap(([, names = '']) =>
    names.split('|'),
  );
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const names = bare.match(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g) ?? [];
  return [...chosen, ...names.filter((name) => !WORDS.has(name))];
}
