// AdmissionReview of admission.k8s.io/v1: what the API server asks, and the answer in its form.
import type { Admission } from '../gitops/policy/admission.ts';
import { parseJson } from '../policies/cel/values/json.ts';
import type { AdmissionInput } from '../policies/index.ts';

const API_VERSION = 'admission.k8s.io/v1';
const KIND = 'AdmissionReview';
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/** A review that can be answered, or what is wrong with it. */
export type DecodedReview =
  | { readonly kind: 'review'; readonly uid: string; readonly input: AdmissionInput }
  | { readonly kind: 'malformed'; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

/** Returns the request of a review; says all that is wrong with it at once. */
export function decodeReview(body: Buffer): DecodedReview {
  const review = parse(body);
  if (typeof review === 'string') return malformed([review]);
  const { apiVersion, kind, request } = review;
  if (apiVersion !== API_VERSION || kind !== KIND) {
    const got = `${JSON.stringify(kind)} of ${JSON.stringify(apiVersion)}`;
    return malformed([
      `it must be ${KIND} of ${API_VERSION}, not ${got}: set admissionReviewVersions to [v1]`,
    ]);
  }
  if (!isJson(request)) return malformed(['request must be an object']);
  const wrong = faultsOf(request);
  if (wrong.length > 0) return malformed(wrong);
  return { kind: 'review', uid: request.uid as string, input: inputOf(request) };
}

/** Returns the review that answers the one with this uid. */
export function encodeReview(
  uid: string,
  { denial, warnings, auditAnnotations }: Admission,
): object {
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    response: {
      uid,
      allowed: denial === undefined,
      ...(denial && { status: failure(denial) }),
      ...(warnings.length > 0 && { warnings }),
      ...(Object.keys(auditAnnotations).length > 0 && { auditAnnotations }),
    },
  };
}

/** Returns a Status, whose message the API server hands on; the causes are in its details. */
export function failure({
  code,
  reason,
  message,
  causes = [],
}: Omit<NonNullable<Admission['denial']>, 'causes'> & { causes?: readonly string[] }): object {
  const details = { causes: causes.map((cause) => ({ reason, message: cause })) };
  return {
    apiVersion: 'v1',
    kind: 'Status',
    status: 'Failure',
    code,
    reason,
    message,
    ...(causes.length > 0 && { details }),
  };
}

/** Numbers keep what tells 1 from 1.0, as the API server's expressions do. */
function parse(body: Buffer): Json | string {
  try {
    const json = parseJson(body.toString('utf8'));
    return isJson(json) ? json : 'the body must be a JSON object';
  } catch (error) {
    return `the body is not JSON: ${(error as Error).message}`;
  }
}

function malformed(reasons: readonly string[]): DecodedReview {
  return { kind: 'malformed', reason: `the AdmissionReview cannot be read: ${reasons.join('; ')}` };
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Check = readonly [
  field: string,
  fits: (value: unknown, request: Json) => boolean,
  form: string,
];

const isText = (value: unknown) => typeof value === 'string';
const isAbsentOr = (fits: (value: unknown) => boolean) => (value: unknown) =>
  value === undefined || value === null || fits(value);
const names = (last: string) => (value: unknown) =>
  isJson(value) && ['group', 'version', last].every((field) => isText(value[field]));
const isBoolean = (value: unknown) => typeof value === 'boolean';
const KIND_FORM = 'an object with group, version and kind';
const RESOURCE_FORM = 'an object with group, version and resource';

const CHECKS: readonly Check[] = [
  ['uid', (value) => isText(value) && value !== '', 'a text that is not empty'],
  ['operation', (value) => OPERATIONS.some((one) => one === value), OPERATIONS.join(', ')],
  ['kind', names('kind'), KIND_FORM],
  ['resource', names('resource'), RESOURCE_FORM],
  ['requestKind', isAbsentOr(names('kind')), KIND_FORM],
  ['requestResource', isAbsentOr(names('resource')), RESOURCE_FORM],
  ...['subResource', 'name', 'namespace'].map(
    (field) => [field, isAbsentOr(isText), 'a text'] as const,
  ),
  ['userInfo', isJson, 'an object'],
  ['options', isAbsentOr(isJson), 'an object'],
  ['dryRun', isAbsentOr(isBoolean), 'true or false'],
  [
    'object',
    (value, request) => isObject(value, request, ['CREATE', 'UPDATE']),
    'an object with metadata',
  ],
  [
    'oldObject',
    (value, request) => isObject(value, request, ['UPDATE', 'DELETE']),
    'an object with metadata',
  ],
];

function faultsOf(request: Json): string[] {
  return CHECKS.filter(([field, fits]) => !fits(request[field], request)).map(
    ([field, , form]) => `request.${field} must be ${form}`,
  );
}

/** There for these operations; what is connected with is no object. */
function isObject(value: unknown, { operation }: Json, operations: readonly unknown[]): boolean {
  if (value === undefined || value === null) return !operations.includes(operation);
  return isJson(value) && (operation === 'CONNECT' || isJson(value.metadata));
}

/** What was asked for is what policies are matched with; the objects may have been converted since. */
function inputOf(request: Json): AdmissionInput {
  const { operation, kind, resource, requestKind, requestResource } = request as unknown as Review;
  const { subResource, name, namespace, object, oldObject, options, dryRun, userInfo } =
    request as unknown as Review;
  return {
    operation,
    kind: requestKind ?? kind,
    resource: requestResource ?? resource,
    objectResource: resource,
    ...(subResource && { subResource }),
    name: name ?? '',
    namespace: namespace ?? '',
    object: object ?? null,
    oldObject: oldObject ?? null,
    dryRun: dryRun ?? false,
    ...(options && { options }),
    userInfo,
  };
}

type Nullable<T> = { readonly [Field in keyof T]?: T[Field] | null };
type Review = Pick<AdmissionInput, 'operation' | 'kind' | 'resource'> &
  Required<Pick<AdmissionInput, 'userInfo'>> &
  Nullable<Pick<AdmissionInput, 'subResource' | 'name' | 'namespace' | 'object' | 'oldObject'>> &
  Nullable<Pick<AdmissionInput, 'options' | 'dryRun'>> & {
    readonly requestKind?: AdmissionInput['kind'] | null;
    readonly requestResource?: AdmissionInput['resource'] | null;
  };
