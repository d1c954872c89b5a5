// Whether both sides take the expressions of a policy when it is written.
import { POLICY } from '../../../gitops/kinds.ts';
import { loadPolicies, type PolicySet } from '../../../policies/index.ts';
import type { Compiled } from '../../../policies/vap/compile.ts';
import { REFUSED } from '../explained.ts';
import type { Answer, ApiServer } from '../sides/api-server.ts';
import { PARAMS } from '../world.ts';
import { type Draft, objectsOf } from './draft.ts';
import { alone, partsOf } from './parts.ts';

/** What each side says of an expression by its field; nothing where it takes it. */
export interface Refusals {
  readonly ours: ReadonlyMap<string, string>;
  readonly theirs: ReadonlyMap<string, string>;
}

export const LOADED = 'loaded';
export const PANIC = `${REFUSED}the API server panics`;

/** Returns the policy as our side has it, with its binding and parameters. */
export function loadDraft(draft: Draft): { set: PolicySet; refused: Map<string, string> } {
  const files = [...objectsOf(draft), ...PARAMS].map((object, index) => ({
    path: `${index}.json`,
    text: JSON.stringify(object),
  }));
  const { policies: set, problems } = loadPolicies(files);
  const messages = new Map<string, string[]>();
  for (const { message } of problems.filter(({ severity }) => severity === undefined)) {
    const [, field = '', text = ''] = /^(\S+): (.*)$/s.exec(message) ?? [];
    messages.set(field, [...(messages.get(field) ?? []), text]);
  }
  const refused = [...messages].map(([field, texts]): [string, string] => {
    const whole = textOf(field, set);
    const isWhole = whole !== undefined && messagesIn(whole) === joined(texts);
    return [field, REFUSED + (isWhole ? whole : joined(texts))];
  });
  return { set, refused: new Map(refused) };
}

const joined = (texts: readonly string[]) => [...texts].sort().join('; ');

/** Returns the messages without their places. */
function messagesIn(text: string): string {
  const found = [...text.matchAll(/^(?:compilation failed: )?ERROR: <input>:\d+:\d+: (.*)$/gm)];
  return found.length > 0 ? joined(found.map(([, message = '']) => message)) : text;
}

/** The text that the API server would show for an expression that neither a new nor a stored policy may have. */
function textOf(field: string, { policies: [loaded] }: PolicySet): string | undefined {
  const [, list = '', index = '', key = ''] = /^spec\.(\w+)\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  if (!loaded) return undefined;
  const { compiled } = loaded;
  const lists: Record<string, readonly (Compiled | undefined)[]> = {
    matchConditions: compiled.matchConditions,
    variables: [...compiled.variables.values()],
    validations: key === 'expression' ? compiled.validations : compiled.messages,
    auditAnnotations: compiled.auditAnnotations,
  };
  return lists[list]?.[Number(index)]?.error;
}

/** Asks both sides. Places are compared where ours are known as the API server counts them. */
export async function refusalsOf(draft: Draft, server: ApiServer): Promise<Refusals> {
  const ours = loadDraft(draft).refused;
  const [policy] = objectsOf(draft);
  const { code, causes } = await server.dryRun(POLICY, policy);
  const variable = code >= 500 ? await panickingVariable(draft, server) : undefined;
  // It is with whatever is asked alone: the rest is asked again once it is gone.
  if (variable) return { ours: only(ours, variable), theirs: new Map([[variable, PANIC]]) };
  const refused = code >= 500 ? await refusedOneByOne(draft, server) : refusedIn(causes);
  const theirs = new Map(
    [...refused].map(([field, text]) => {
      const bare = REFUSED + messagesIn(text.slice(REFUSED.length));
      return [field, ours.get(field) === bare ? bare : text];
    }),
  );
  return { ours, theirs };
}

function only(refused: ReadonlyMap<string, string>, field: string): Map<string, string> {
  const text = refused.get(field);
  return new Map(text === undefined ? [] : [[field, text]]);
}

function refusedIn(causes: Answer['causes']): Map<string, string> {
  return new Map(causes.map(({ field, message }) => [field, REFUSED + shortened(message)]));
}

/** Leaves out the expression, which a cause begins with. */
function shortened(message: string): string {
  const begin = message.search(
    /(compilation failed|program instantiation failed|must evaluate to)/,
  );
  return message.slice(Math.max(0, begin));
}

/** Returns the field of the first variable over which the API server panics. */
async function panickingVariable(draft: Draft, server: ApiServer): Promise<string | undefined> {
  const { variables } = draft;
  const fields = partsOf(draft).filter(({ tree }) => variables.some((one) => one.tree === tree));
  for (const [index, { field }] of fields.entries()) {
    const asked = { ...alone(draft, field), variables: variables.slice(0, index + 1) };
    const [policy] = objectsOf(asked);
    if ((await server.dryRun(POLICY, policy)).code >= 500) return field;
  }
  return undefined;
}

/** A panic of the API server while it compiles says nothing of which expression it was. */
async function refusedOneByOne(draft: Draft, server: ApiServer): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const { field, tree } of partsOf(draft)) {
    const asked = alone(draft, field);
    const [policy] = objectsOf(asked);
    const { code, causes } = await server.dryRun(POLICY, policy);
    const mine = partsOf(asked).find((part) => part.tree === tree);
    const cause = causes.find((each) => each.field === mine?.field);
    if (code >= 500) refused.set(field, PANIC);
    else if (cause) refused.set(field, REFUSED + shortened(cause.message));
  }
  return refused;
}
