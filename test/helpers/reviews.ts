// AdmissionReviews as the API server sends them.
import { webapp } from './builders.ts';

type Json = Readonly<Record<string, unknown>>;

const KIND = { group: 'example.com', version: 'v1', kind: 'WebApp' };
const RESOURCE = { group: 'example.com', version: 'v1', resource: 'webapps' };

/** Returns the request to create the WebApp shop in default, or what the parts make of it. */
export function reviewRequest(parts: Json = {}): Json {
  return {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: KIND,
    resource: RESOURCE,
    requestKind: KIND,
    requestResource: RESOURCE,
    name: 'shop',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'ada', groups: ['system:authenticated'] },
    object: webapp(),
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    ...parts,
  };
}

/** Returns the review of a request as the bytes that are sent. */
export function reviewBody(request: unknown, parts: Json = {}): Buffer {
  const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request, ...parts };
  return Buffer.from(JSON.stringify(review));
}
