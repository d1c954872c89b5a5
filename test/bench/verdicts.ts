import { equal } from 'node:assert/strict';
import { POLICIES } from './cel-policies.ts';
import type { Engine } from './engine.ts';

/**
 * Evaluates each policy with each engine that can.
 *
 * @throws AssertionError where one gives another verdict than all have to give, or counts another cost than the others
 */
export async function assertAgreement(
  engines: readonly Engine[],
  json: string,
  verdict: 'true' | 'false',
): Promise<void> {
  for (const { name, expression } of POLICIES) {
    const costs = new Set<number>();
    for (const engine of engines.filter((each) => each.knows(expression))) {
      const { value, cost } = await engine.verdict(expression, json);
      equal(value, verdict, `${engine.name} says of “${name}”: ${value}`);
      if (cost !== undefined) costs.add(cost);
    }
    equal(costs.size, 1, `“${name}” costs ${[...costs].join(' or ')}`);
  }
}
