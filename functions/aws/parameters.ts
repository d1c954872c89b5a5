// Secrets are read from the Parameter Store when an instance starts: what the deployment writes into a function's
// environment can be read by whoever may look at the function.
import type { Environment } from '../config.ts';
import { type AwsAccess, callAws } from './access.ts';

const PREFIX = 'ssm:';

interface Found {
  readonly Parameters: readonly { readonly Name: string; readonly Value: string }[];
}

/** Returns the environment with the value of the parameter NAME in place of each `ssm:NAME`; fails where one is not there. */
export async function resolveParameters(
  environment: Environment,
  access: () => AwsAccess,
): Promise<Environment> {
  const wanted = Object.entries(environment).flatMap(([variable, value]) =>
    value?.startsWith(PREFIX) ? [[variable, value.slice(PREFIX.length)] as const] : [],
  );
  if (wanted.length === 0) return environment;
  const Names = [...new Set(wanted.map(([, name]) => name))];
  const body = { Names, WithDecryption: true };
  const call = { service: 'ssm', target: 'AmazonSSM.GetParameters', body } as const;
  const { Parameters } = (await callAws(call, access())) as Found;
  const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
  const missing = wanted.filter(([, name]) => !values.has(name));
  if (missing.length > 0)
    throw new Error(
      `the Parameter Store has not what the environment names: ${missing.map(([variable, name]) => `${variable}=${PREFIX}${name}`).join(', ')}`,
    );
  const resolved = wanted.map(([variable, name]) => [variable, values.get(name)] as const);
  return { ...environment, ...Object.fromEntries(resolved) };
}
