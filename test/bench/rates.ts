/** Rates of several engines by row, as many as there were rounds. */
export class Rates {
  readonly engines: readonly string[];
  readonly #rows = new Map<string, Map<string, number[]>>();

  constructor(engines: readonly string[]) {
    this.engines = engines;
  }

  add(row: string, engine: string, rate: number): void {
    const rates = this.#rows.get(row) ?? new Map<string, number[]>();
    this.#rows.set(row, rates);
    rates.set(engine, [...(rates.get(engine) ?? []), rate]);
  }

  get rows(): string[] {
    return [...this.#rows.keys()];
  }

  of(row: string, engine: string): readonly number[] {
    return this.#rows.get(row)?.get(engine) ?? [];
  }

  /** Returns how many times as fast the first engine was, round by round: what slowed a round slowed both. */
  ratios(row: string, engine: string): number[] {
    const first = this.of(row, this.engines[0] as string);
    return this.of(row, engine).map((rate, round) => (first[round] as number) / rate);
  }
}

/** Returns a table in Markdown: the median rate of each engine, and the median ratio with its least and greatest. */
export function table(rates: Rates): string {
  const [first, ...others] = rates.engines;
  const head = ['', `${first}/s`, ...others.flatMap((name) => [`${name}/s`, 'ratio'])];
  const body = rates.rows.map((row) => cellsOf(rates, row));
  const ruler = head.map((_, i) => (i === 0 ? '---' : '--:'));
  const lines = [head, ruler, ...body, meanOf(rates)];
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function cellsOf(rates: Rates, row: string): string[] {
  const [first, ...others] = rates.engines as [string, ...string[]];
  const rest = others.flatMap((engine) => [
    formatRate(rates.of(row, engine)),
    formatRatio(rates.ratios(row, engine)),
  ]);
  return [row, formatRate(rates.of(row, first)), ...rest];
}

/** The last row: the geometric mean of the ratios of all rows that the engine has. */
function meanOf(rates: Rates): string[] {
  const [, ...others] = rates.engines;
  const means = others.flatMap((engine) => {
    const logs = rates.rows.flatMap((row) => {
      const ratios = rates.ratios(row, engine);
      return ratios.length === 0 ? [] : [Math.log(median(ratios))];
    });
    const mean = Math.exp(logs.reduce((sum, each) => sum + each, 0) / logs.length);
    return ['', `**${mean.toFixed(2)}**`];
  });
  return ['geometric mean', '', ...means];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

function formatRate(values: readonly number[]): string {
  return values.length === 0 ? '–' : Math.round(median(values)).toLocaleString('en');
}

function formatRatio(values: readonly number[]): string {
  if (values.length === 0) return '–';
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}
