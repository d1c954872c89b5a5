// All of a policy and its binding that is no expression.
import { CONFIG_MAP } from '../../../gitops/kinds.ts';
import type { Random } from '../../helpers/random.ts';
import { NAMESPACE, THING } from '../world.ts';

export interface Frame {
  /** Whether both sides' answers are compared expression by expression, or only as a whole. */
  readonly pairs: boolean;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly actions: readonly string[];
  readonly paramKind?: object | undefined;
  readonly paramRef?: object | undefined;
  /** Of matchConstraints, beside the rule for all resources and the label. */
  readonly constraints: object;
  /** Of the binding. */
  readonly matchResources?: object | undefined;
}

const NATIVE = { apiVersion: CONFIG_MAP.apiVersion, kind: CONFIG_MAP.kind };
const CUSTOM = { apiVersion: THING.apiVersion, kind: THING.kind };
const SMALL = { name: 'small', namespace: NAMESPACE, parameterNotFoundAction: 'Deny' };

/** The frame that shows what becomes of each expression: failures are audited one by one. */
export function plainFrame(random: Random): Frame {
  return {
    pairs: true,
    failurePolicy: random.once(8) ? 'Ignore' : 'Fail',
    actions: [random.pick(['Deny', 'Warn']), 'Audit'],
    paramKind: random.once(4) ? CUSTOM : NATIVE,
    paramRef: SMALL,
    constraints: {},
  };
}

const ACTIONS = [['Deny'], ['Warn'], ['Audit'], ['Deny', 'Audit'], ['Warn', 'Audit']];

const NAMED: readonly object[] = [
  SMALL,
  { name: 'big', parameterNotFoundAction: 'Allow' },
  { name: 'none', parameterNotFoundAction: 'Allow' },
  { name: 'none', namespace: NAMESPACE, parameterNotFoundAction: 'Deny' },
];

/**
 * Only of the custom kind: once the last policy with parameters of a kind of Kubernetes is gone, the API server watches
 * that kind no more, not for a later policy either, and selects among what was there then.
 */
const SELECTED: readonly object[] = [
  { selector: { matchLabels: { limit: 'big' } }, parameterNotFoundAction: 'Deny' },
  { selector: { matchLabels: { limit: 'none' } }, parameterNotFoundAction: 'Deny' },
  {
    selector: { matchExpressions: [{ key: 'limit', operator: 'Exists' }] },
    ...{ namespace: NAMESPACE, parameterNotFoundAction: 'Allow' },
  },
];

const EVERYTHING = { apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] };
const CREATES = [{ ...EVERYTHING, operations: ['CREATE'] }];
const UPDATES = [{ ...EVERYTHING, operations: ['UPDATE'] }];

/** What narrows which requests a policy or a binding is for. */
const NARROWINGS: readonly object[] = [
  {},
  {},
  { namespaceSelector: { matchLabels: { tier: 'test' } } },
  { namespaceSelector: { matchLabels: { tier: 'production' } } },
  {
    namespaceSelector: {
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['production'] }],
    },
  },
  { namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] } },
  { resourceRules: CREATES },
  { resourceRules: UPDATES },
  { resourceRules: [{ ...CREATES[0], apiGroups: ['apps'] }], matchPolicy: 'Exact' },
  { resourceRules: [{ ...CREATES[0], resourceNames: ['shop'] }] },
  { resourceRules: [{ ...UPDATES[0], scope: 'Namespaced' }] },
  { resourceRules: [{ ...UPDATES[0], scope: 'Cluster' }] },
  { excludeResourceRules: CREATES },
  { excludeResourceRules: [{ ...UPDATES[0], resources: ['things', 'deployments'] }] },
];

/** Any frame that the API server takes. */
export function anyFrame(random: Random): Frame {
  const paramKind = random.pick([undefined, NATIVE, CUSTOM, CUSTOM]);
  const refs = paramKind === CUSTOM ? [...NAMED, ...SELECTED] : NAMED;
  return {
    pairs: false,
    failurePolicy: random.pick(['Fail', 'Ignore']),
    actions: random.pick(ACTIONS),
    paramKind,
    paramRef: paramKind && !random.once(8) ? random.pick(refs) : undefined,
    constraints: random.pick(NARROWINGS),
    matchResources: random.pick([undefined, ...NARROWINGS]),
  };
}

/** Returns frames that say less, to find out what of a frame a difference hangs on. */
export function plainerFrames(frame: Frame): Frame[] {
  const plainer: Frame[] = [
    { ...frame, constraints: {} },
    { ...frame, matchResources: undefined },
    { ...frame, paramRef: SMALL },
    { ...frame, paramKind: undefined, paramRef: undefined },
    { ...frame, actions: ['Deny'] },
    { ...frame, failurePolicy: 'Fail' },
  ];
  const size = (each: Frame) => JSON.stringify(each).length;
  return plainer.filter((each) => size(each) < size(frame));
}
