// A rule for one version of a resource is for its other versions, too, unless the policy asks for exactly that one.
import test from 'ava';
import { matchRequest } from '../../../policies/vap/match.ts';
import type { MatchPolicy, MatchResources } from '../../../policies/vap/policy.ts';
import type { Resource } from '../../../policies/vap/resources.ts';
import { request } from './requests.ts';

const EVERYTHING = { matchLabels: {}, matchExpressions: [] };
const widget = (version: string): Resource => ({
  group: 'example.com',
  version,
  kind: 'Widget',
  resource: 'widgets',
  scope: 'Namespaced',
});
const KINDS = [widget('v1'), widget('v2')];

const autoscaler = (version: string) => ({
  kind: { group: 'autoscaling', version, kind: 'HorizontalPodAutoscaler' },
  resource: { group: 'autoscaling', version, resource: 'horizontalpodautoscalers' },
});
const event = (group: string) => ({
  kind: { group, version: 'v1', kind: 'Event' },
  resource: { group, version: 'v1', resource: 'events' },
});
const custom = (version: string) => ({
  kind: { group: 'example.com', version, kind: 'Widget' },
  resource: { group: 'example.com', version, resource: 'widgets' },
});

type Named = ReturnType<typeof event>;

function resourcesFor({ resource }: Named, matchPolicy: MatchPolicy): MatchResources {
  const rule = {
    resourceNames: [],
    operations: ['*' as const],
    apiGroups: [resource.group],
    apiVersions: [resource.version],
    resources: [resource.resource],
    scope: '*' as const,
  };
  return {
    namespaceSelector: EVERYTHING,
    objectSelector: EVERYTHING,
    resourceRules: [rule],
    excludeResourceRules: [],
    matchPolicy,
  };
}

const rows: { title: string; rule: Named; asked: Named; equivalent: boolean }[] = [
  {
    title: 'versions of a built-in kind',
    rule: autoscaler('v1'),
    asked: autoscaler('v2'),
    equivalent: true,
  },
  {
    title: 'events of both groups',
    rule: event('events.k8s.io'),
    asked: event(''),
    equivalent: true,
  },
  { title: 'versions of a custom kind', rule: custom('v1'), asked: custom('v2'), equivalent: true },
  {
    title: 'a version that is not served',
    rule: custom('v3'),
    asked: custom('v2'),
    equivalent: false,
  },
  { title: 'another kind', rule: event(''), asked: custom('v2'), equivalent: false },
];

for (const { title, rule, asked, equivalent } of rows) {
  test(`${title} are ${equivalent ? '' : 'not '}equivalent`, (t) => {
    const input = { input: request(asked), kinds: KINDS };
    const found = matchRequest(resourcesFor(rule, 'Equivalent'), input);
    t.deepEqual(found, equivalent ? rule : undefined);
    t.is(matchRequest(resourcesFor(rule, 'Exact'), input), undefined);
  });
}

test('an equivalent version that is excluded', (t) => {
  const both = resourcesFor(autoscaler('v2'), 'Equivalent');
  const excluded = resourcesFor(autoscaler('v1'), 'Equivalent').resourceRules;
  const input = { input: request(autoscaler('v2')), kinds: [] };
  t.is(matchRequest({ ...both, excludeResourceRules: excluded }, input), undefined);
});
