import test from 'ava';
import { decodeReview, encodeReview } from '../../functions/admission-review.ts';
import { Double } from '../../policies/cel/values/json.ts';
import { reviewBody, reviewRequest } from '../helpers/reviews.ts';

function inputOf(body: Buffer) {
  const decoded = decodeReview(body);
  if (decoded.kind === 'malformed') throw new Error(decoded.reason);
  return decoded.input;
}

test('review: the request as policies see it', (t) => {
  const { object, userInfo, options } = reviewRequest();
  t.deepEqual(inputOf(reviewBody(reviewRequest())), {
    operation: 'CREATE',
    kind: { group: 'example.com', version: 'v1', kind: 'WebApp' },
    resource: { group: 'example.com', version: 'v1', resource: 'webapps' },
    objectResource: { group: 'example.com', version: 'v1', resource: 'webapps' },
    name: 'shop',
    namespace: 'default',
    object,
    oldObject: null,
    dryRun: false,
    options,
    userInfo,
  } as never);
});

test('review: what was asked for is matched, what was converted is shown', (t) => {
  const group = 'autoscaling';
  const kind = 'HorizontalPodAutoscaler';
  const resource = 'horizontalpodautoscalers';
  const input = inputOf(
    reviewBody(
      reviewRequest({
        kind: { group, version: 'v2', kind },
        resource: { group, version: 'v2', resource },
        requestKind: { group, version: 'v1', kind },
        requestResource: { group, version: 'v1', resource },
      }),
    ),
  );
  t.is(input.kind.version, 'v1');
  t.is(input.resource.version, 'v1');
  t.is(input.objectResource?.version, 'v2');
});

test('review: fields that Go leaves out', (t) => {
  const { uid, kind, resource, operation, object } = reviewRequest();
  const input = inputOf(reviewBody({ uid, kind, resource, operation, object, userInfo: {} }));
  t.like(input, { name: '', namespace: '', oldObject: null, dryRun: false });
  t.false('subResource' in input);
  t.false('options' in input);
});

test('review: numbers stay what they are', (t) => {
  const text = reviewBody(reviewRequest())
    .toString()
    .replace('"replicas":1', '"replicas":1.0,"big":9007199254740993');
  const { object } = inputOf(Buffer.from(text));
  t.deepEqual((object as { spec: { replicas: unknown } }).spec.replicas, new Double(1));
  t.is((object as { spec: { big?: unknown } }).spec.big, 9007199254740993n);
});

const BEGIN = 'the AdmissionReview cannot be read: ';
const V1 = 'set admissionReviewVersions to [v1]';
const malformed: [title: string, body: Buffer, want: string][] = [
  ['a list', Buffer.from('[]'), 'the body must be a JSON object'],
  [
    'another version',
    reviewBody(reviewRequest(), { apiVersion: 'admission.k8s.io/v1beta1' }),
    `it must be AdmissionReview of admission.k8s.io/v1, not "AdmissionReview" of "admission.k8s.io/v1beta1": ${V1}`,
  ],
  [
    'another kind',
    reviewBody(reviewRequest(), { kind: 'ConversionReview' }),
    `it must be AdmissionReview of admission.k8s.io/v1, not "ConversionReview" of "admission.k8s.io/v1": ${V1}`,
  ],
  ['no request', reviewBody(undefined), 'request must be an object'],
  [
    'several faults at once',
    reviewBody(reviewRequest({ uid: '', operation: 'PATCH', kind: { kind: 'WebApp' } })),
    'request.uid must be a text that is not empty; request.operation must be CREATE, UPDATE, DELETE, CONNECT; request.kind must be an object with group, version and kind',
  ],
  [
    'nobody who asks',
    reviewBody(reviewRequest({ userInfo: undefined })),
    'request.userInfo must be an object',
  ],
  [
    'nothing to create',
    reviewBody(reviewRequest({ object: null })),
    'request.object must be an object with metadata',
  ],
  [
    'an update of nothing',
    reviewBody(reviewRequest({ operation: 'UPDATE' })),
    'request.oldObject must be an object with metadata',
  ],
  [
    'a delete of nothing',
    reviewBody(reviewRequest({ operation: 'DELETE', object: null })),
    'request.oldObject must be an object with metadata',
  ],
  [
    'an object without metadata',
    reviewBody(reviewRequest({ object: { kind: 'WebApp' } })),
    'request.object must be an object with metadata',
  ],
  [
    'a dry run by word',
    reviewBody(reviewRequest({ dryRun: 'yes' })),
    'request.dryRun must be true or false',
  ],
];

for (const [title, body, want] of malformed) {
  test(`review: ${title}`, (t) => {
    t.deepEqual(decodeReview(body), { kind: 'malformed', reason: BEGIN + want });
  });
}

test('review: no JSON', (t) => {
  const decoded = decodeReview(Buffer.from('{"apiVersion":'));
  t.true(
    decoded.kind === 'malformed' && decoded.reason.startsWith(`${BEGIN}the body is not JSON: `),
  );
});

test('review: the answer to a request that is allowed', (t) => {
  t.deepEqual(encodeReview('u', { warnings: [], auditAnnotations: {} }), {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'u', allowed: true },
  });
});

test('review: the answer to a request that is denied', (t) => {
  const denial = { code: 422, reason: 'Invalid', message: 'no', causes: ['no', 'nor that'] };
  const answer = encodeReview('u', { denial, warnings: ['w'], auditAnnotations: { a: 'b' } });
  t.deepEqual((answer as { response: object }).response, {
    uid: 'u',
    allowed: false,
    status: {
      apiVersion: 'v1',
      kind: 'Status',
      status: 'Failure',
      code: 422,
      reason: 'Invalid',
      message: 'no',
      details: {
        causes: [
          { reason: 'Invalid', message: 'no' },
          { reason: 'Invalid', message: 'nor that' },
        ],
      },
    },
    warnings: ['w'],
    auditAnnotations: { a: 'b' },
  });
});
