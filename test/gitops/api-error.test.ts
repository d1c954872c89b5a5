// Answers of kube-apiserver 1.37.2 to server-side applies of wrong WebApps, word by word, and what is made of them.
import test from 'ava';
import {
  ApiError,
  classify,
  isConflict,
  isRejection,
  type StatusBody,
} from '../../gitops/api-error.ts';
import { PermanentError, RetryableError } from '../../gitops/errors.ts';

const REQUEST = 'PATCH /apis/example.com/v1/namespaces/default/webapps/x';
const UNCHECKED = {
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

function invalid(...causes: { field: string; message: string }[]): ApiError {
  return new ApiError(REQUEST, 422, {
    reason: 'Invalid',
    message: 'WebApp "x" is invalid',
    details: { causes },
  });
}

function untyped(rest: string): ApiError {
  const message = `failed to create typed patch object (default/x; example.com/v1, Kind=WebApp): ${rest}`;
  return new ApiError(REQUEST, 500, { message });
}

const rows: { title: string; error: ApiError; want: string[] }[] = [
  {
    title: 'a value out of range: the field is not named twice',
    error: invalid({
      field: 'spec.port',
      message: 'Invalid value: 0: spec.port in body should be greater than or equal to 1',
    }),
    want: ['spec.port: Invalid value: 0: should be greater than or equal to 1'],
  },
  {
    title: 'several fields',
    error: invalid(
      {
        field: 'spec.env[0].name',
        message:
          'Invalid value: "1A": spec.env[0].name in body should match \'^[-._a-zA-Z][-._a-zA-Z0-9]*$\'',
      },
      {
        field: 'spec.image',
        message: 'Invalid value: "": spec.image in body should be at least 1 chars long',
      },
    ),
    want: [
      'spec.env[0].name: Invalid value: "1A": should match \'^[-._a-zA-Z][-._a-zA-Z0-9]*$\'',
      'spec.image: Invalid value: "": should be at least 1 chars long',
    ],
  },
  {
    title: 'one field in two ways: the first is enough',
    error: invalid(
      {
        field: 'spec.replicas',
        message: 'Invalid value: -1: spec.replicas in body should be greater than or equal to 0',
      },
      { field: '.spec.replicas', message: 'Invalid value: -1: should be a non-negative integer' },
    ),
    want: ['spec.replicas: Invalid value: -1: should be greater than or equal to 0'],
  },
  {
    title: 'that rules went unchecked is nothing to mend',
    error: invalid({ field: 'spec.image', message: 'Required value' }, UNCHECKED),
    want: ['spec.image: Required value'],
  },
  {
    title: 'complaints of no field tell nothing that the field’s own does not',
    error: invalid(
      {
        field: 'spec.resources.requests.cpu',
        message:
          'Invalid value: "number": spec.resources.requests.cpu in body must be of type integer,string: "number"',
      },
      {
        field: '<nil>',
        message:
          'Invalid value: "": "spec.resources.requests.cpu" must validate at least one schema (anyOf)',
      },
      {
        field: 'spec.resources.requests.cpu',
        message:
          'Invalid value: "number": spec.resources.requests.cpu in body must be of type integer: "number"',
      },
      {
        field: '<nil>',
        message:
          'Invalid value: "": Checked value must be of type integer (default format) in spec.resources.requests.cpu',
      },
      UNCHECKED,
    ),
    want: [
      'spec.resources.requests.cpu: Invalid value: "number": must be of type integer,string: "number"',
    ],
  },
  {
    title: 'a complaint of the object, where there is no other',
    error: invalid({ field: '<nil>', message: 'Invalid value: "": the object is odd' }),
    want: [': Invalid value: "": the object is odd'],
  },
  {
    title: 'a rule of our own',
    error: invalid({
      field: 'spec.autoscaling.minReplicas',
      message: 'Invalid value: minReplicas must not be greater than maxReplicas',
    }),
    want: [
      'spec.autoscaling.minReplicas: Invalid value: minReplicas must not be greater than maxReplicas',
    ],
  },
  { title: 'no causes', error: invalid(), want: [] },
  {
    title: 'a field that is not declared',
    error: untyped('.spec.replcas: field not declared in schema'),
    want: ['spec.replcas: field not declared in schema'],
  },
  {
    title: 'a variable given twice',
    error: untyped('.spec.env: duplicate entries for key [name="A"]'),
    want: ['spec.env: duplicate entries for key [name="A"]'],
  },
  {
    title: 'a value of another type',
    error: untyped('.spec.replicas: expected numeric (int or float), got string'),
    want: ['spec.replicas: expected numeric (int or float), got string'],
  },
  {
    title: 'a map in the place of a list',
    error: untyped('.spec.env: expected list, got &{map[A:b]}'),
    want: ['spec.env: expected list, got another type'],
  },
  {
    title: 'an item by its name',
    error: untyped(
      '.spec.env[name="A"].value: expected string, got &value.valueUnstructured{Value:true}',
    ),
    want: ['spec.env[A].value: expected string, got another type'],
  },
  {
    title: 'several at once',
    error: untyped(
      'errors:\n  .spec.env[name="A"].value: expected string, got &value.valueUnstructured{Value:1}\n  .spec.env[name="B"].value: expected string, got &value.valueUnstructured{Value:2}\n  .spec.x: field not declared in schema',
    ),
    want: [
      'spec.env[A].value: expected string, got another type',
      'spec.env[B].value: expected string, got another type',
      'spec.x: field not declared in schema',
    ],
  },
  {
    title: 'an item whose name has a space',
    error: untyped(
      '.spec.env[name="A B"].value: expected string, got &value.valueUnstructured{Value:1}',
    ),
    want: ['spec.env[A B].value: expected string, got another type'],
  },
  {
    title: 'an item whose name has a colon',
    error: untyped(
      '.spec.env[name="A:B"].value: expected string, got &value.valueUnstructured{Value:1}',
    ),
    want: ['spec.env[A:B].value: expected string, got another type'],
  },
  {
    title: 'an item whose name has a dot',
    error: untyped(
      '.spec.env[name="A.B"].value: expected string, got &value.valueUnstructured{Value:1}',
    ),
    want: ['spec.env[A.B].value: expected string, got another type'],
  },
  {
    title: 'another value of another type',
    error: untyped('.spec.autoscaling: expected map, got &value.valueUnstructured{Value:true}'),
    want: ['spec.autoscaling: expected map, got true'],
  },
  { title: 'a misfit that names no field', error: untyped('no'), want: [] },
];

for (const { title, error, want } of rows) {
  test(`api-error: ${title}`, (t) => {
    t.deepEqual(
      error.causes.map(({ field, message }) => `${field}: ${message}`),
      want,
    );
    // Whoever sent it must change it: it is never tried again.
    t.is(error.status, 422);
    t.true(isRejection(error));
    t.like(classify(error), { name: 'PermanentError', reason: 'Rejected', cause: error });
  });
}

const answered = (status: number, body: StatusBody = {}) => new ApiError(REQUEST, status, body);
const replaced = invalid({
  field: 'metadata.uid',
  message: 'Invalid value: "x": field is immutable',
});

const kinds: { title: string; error: unknown; conflict: boolean; permanent: boolean }[] = [
  { title: '409', error: answered(409), conflict: true, permanent: false },
  { title: '404', error: answered(404), conflict: true, permanent: false },
  { title: '422 of a uid', error: replaced, conflict: true, permanent: true },
  { title: '422', error: answered(422), conflict: false, permanent: true },
  { title: '400', error: answered(400), conflict: false, permanent: true },
  { title: '401', error: answered(401), conflict: false, permanent: false },
  { title: '403', error: answered(403), conflict: false, permanent: false },
  { title: '429', error: answered(429), conflict: false, permanent: false },
  { title: '500', error: answered(500), conflict: false, permanent: false },
  { title: '503', error: answered(503), conflict: false, permanent: false },
  {
    title: 'an error of the connection',
    error: new Error('reset'),
    conflict: false,
    permanent: false,
  },
  { title: 'what is no error', error: undefined, conflict: false, permanent: false },
];

for (const { title, error, conflict, permanent } of kinds) {
  test(`api-error: ${title} is ${conflict ? 'a' : 'no'} conflict and ${permanent ? 'for good' : 'may pass'}`, (t) => {
    t.is(isConflict(error), conflict);
    t.is(isRejection(error), permanent);
    t.is(classify(error) instanceof PermanentError, permanent);
    if (!(error instanceof ApiError)) t.is(classify(error), error);
  });
}

test('api-error: the message names the status and the request', (t) => {
  t.is(answered(403, { message: 'no' }).message, `no (403 to ${REQUEST})`);
  t.is(answered(500).message, `no message (500 to ${REQUEST})`);
});

test('api-error: a wait that was asked for is passed on in milliseconds', (t) => {
  const asked = classify(
    answered(429, { reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } }),
  );
  t.true(asked instanceof RetryableError);
  t.like(asked, { reason: 'TooManyRequests', retryAfterMs: 3_000 });
  t.like(classify(answered(500)), { reason: 'ApiError', retryAfterMs: undefined });
  t.is(answered(429, { details: { retryAfterSeconds: 0 } }).retryAfterMs, 0);
});
