// The reviews that every output is tried with.
import type { ObjectChange, Report, WaiverRef } from '../../gitops/review/report.ts';
import { HOSTILE, hostileReport, longReport } from './hostile-report.ts';
import {
  deployment,
  fileFinding,
  finding,
  outcome,
  place,
  policy,
  report,
  subject,
} from './reports.ts';

const SHOP = [
  'spec:',
  '  port: 8080',
  '  replicas: 12',
  '  image: ghcr.io/acme/shop:latest',
  '  suspend: false',
];

const replicas = finding({
  policy: policy('max-replicas', {
    title: 'Replicas have a bound',
    category: 'Reliability',
    severity: 'high',
    description: 'A WebApp may ask for at most ten pods.',
  }),
  denial:
    "ValidatingAdmissionPolicy 'max-replicas' with binding 'max-replicas-prod' denied request: replicas must be <= 10",
  validation: { index: 0, of: 2 },
  expression: 'object.spec.replicas <= params.maxReplicas',
  values: [
    { path: 'object.spec.replicas', value: '12' },
    { path: 'params.maxReplicas', value: '10' },
  ],
  excerpt: { line: 5, lines: SHOP },
  fix: 'Set spec.replicas to 10 or less.',
});

const latest = finding({
  level: 'warn',
  policy: policy('no-latest-tag'),
  message: 'image tag "latest" is mutable',
  place: place('apps/shop.yaml', 8, { column: 10, length: 24 }),
  excerpt: { line: 6, lines: SHOP.slice(1) },
});

const probes = finding({
  level: 'audit',
  policy: policy('probes-set'),
  message: 'nothing tells when a pod is ready',
  place: place('apps/shop.yaml', 5, { length: 4 }),
});

const spread = finding({
  policy: policy('pods-spread'),
  subject: deployment(),
  message: 'more than five pods must be spread over zones',
  validation: { index: 0, of: 1 },
  expression: 'has(object.spec.template.spec.topologySpreadConstraints)',
  excerpt: { line: 5, lines: SHOP },
});

const changes: ObjectChange[] = [
  {
    action: 'change',
    subject: deployment(),
    fields: [
      { path: 'spec.replicas', before: '3', after: '12' },
      {
        path: 'spec.template.spec.containers[shop].image',
        before: 'ghcr.io/acme/shop:1.8.2',
        after: 'ghcr.io/acme/shop:latest',
      },
    ],
    effects: ['rolling restart', '+9 pods'],
  },
  { action: 'delete', subject: subject({ name: 'cart' }), fields: [], effects: ['-3 pods'] },
];

const waiver: WaiverRef = {
  name: 'shop-may-be-big',
  reason: 'The sale of the year.',
  owner: 'team-shop@example.com',
  expires: '2026-12-24',
  place: place('waivers/shop.yaml', 3, { column: 9, length: 15 }),
};

const passed = [
  outcome('port-range', subject()),
  outcome('port-range', deployment()),
  outcome('trusted-registry', subject()),
];

function hugeReport(): Report {
  const names = Array.from({ length: 3000 }, (_, index) => `app-${String(index).padStart(4, '0')}`);
  const levels = ['deny', 'error', 'warn', 'audit'] as const;
  const findings = names.map((name, index) =>
    finding({
      ...replicas,
      level: levels[Math.floor((index * levels.length) / names.length)] ?? 'deny',
      fingerprint: index.toString(16).padStart(8, '0').repeat(8),
      subject: subject({ name }),
      place: place(`apps/${name}.yaml`, 7, { column: 13, length: 2 }),
    }),
  );
  return report({
    findings,
    passed: names.map((name) => outcome('port-range', subject({ name }))),
    waived: names.map((name) => outcome('trusted-registry', subject({ name }), waiver)),
    changes: names.map((name) => ({
      action: 'change',
      subject: deployment({ name, webapp: name }),
      fields: [{ path: 'spec.replicas', before: '3', after: '12' }],
      effects: ['+9 pods'],
    })),
    impact: names.map((name) => ({
      policy: policy('port-range'),
      subject: subject({ name }),
      message: 'port must be above 1024',
    })),
    webapps: { changed: 3000, all: 3000 },
  });
}

/** Reports by what they are about, as the folders of test/golden-reports. */
export const REPORTS = {
  denied: report({ findings: [replicas, spread, latest], passed, changes, skipped: 1 }),
  warned: report({ findings: [latest, probes], passed, changes }),
  passed: report({ passed, changes }),
  unchanged: report({ conclusion: 'unchanged', webapps: { changed: 0, all: 42 } }),
  'cannot-judge': report({
    findings: [
      fileFinding('the expression does not compile', place('policies/x.yaml', 12, { column: 21 })),
      fileFinding('the base holds no policies'),
      finding({
        level: 'error',
        policy: policy('who-may', { place: place('policies/who-may.yaml', 9, { column: 7 }) }),
        message: 'a review has no request.userInfo',
        expression: 'request.userInfo.username != ""',
      }),
    ],
    passed,
  }),
  'policy-impact': report({
    passed,
    impact: [
      {
        policy: policy('port-range'),
        subject: subject({ name: 'cart' }),
        message: 'port must be above 1024',
        place: place('apps/cart.yaml', 6, { column: 9, length: 2 }),
      },
    ],
    drift: [
      {
        subject: deployment(),
        fields: [{ path: 'spec.replicas', before: '3', after: '5', by: 'kubectl-scale' }],
      },
      { subject: deployment({ kind: 'Service', apiVersion: 'v1' }), isMissing: true, fields: [] },
    ],
  }),
  deleted: report({
    findings: [
      finding({
        policy: policy('keep-carts', { binding: 'keep-carts' }),
        operation: 'DELETE',
        side: 'base',
        subject: subject({ name: 'cart' }),
        message: 'carts are kept',
        denial:
          "ValidatingAdmissionPolicy 'keep-carts' with binding 'keep-carts' denied request: carts are kept",
        validation: { index: 0, of: 1 },
        expression: "oldObject.metadata.name != 'cart'",
        place: place('apps/cart.yaml', 4, { column: 9, length: 4 }),
        excerpt: { line: 2, lines: ['kind: WebApp', 'metadata:', '  name: cart', 'spec:'] },
        fix: 'Keep WebApp cart in apps/cart.yaml, or let a PolicyWaiver of keep-carts name the WebApp.',
      }),
    ],
    changes,
  }),
  unseen: report({ passed, changes, driftUnseen: 'the cluster did not show it' }),
  waived: report({ passed, waived: [outcome('max-replicas', subject(), waiver)], changes }),
  hostile: hostileReport(HOSTILE),
  long: longReport(),
  huge: hugeReport(),
} as const satisfies Record<string, Report>;

export type ReportName = keyof typeof REPORTS;

/** The names of all of them. */
export const REPORT_NAMES = Object.keys(REPORTS) as ReportName[];
