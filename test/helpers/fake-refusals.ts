// What the API server in memory answers when it refuses a write.
import { ApiError, type Cause } from '../../gitops/api-error.ts';
import { type Kind, resourcePath } from '../../gitops/kinds.ts';
import type { KubeObject, ObjectKey, ObjectMeta } from '../../gitops/objects.ts';
import { undeclared } from './fake-schema.ts';

/** Returns where an object is kept. */
export function pathOf(of: Kind, { namespace, name }: ObjectMeta | ObjectKey): string {
  return resourcePath(of, namespace, name);
}

/** Returns a request as errors name it. */
export function requestOf(verb: string, of: Kind, key: ObjectMeta | ObjectKey): string {
  return `${verb} ${pathOf(of, key)}`;
}

/** Returns the answer to a write whose condition does not hold. */
export function conflict(request: string): ApiError {
  return new ApiError(request, 409, {
    reason: 'Conflict',
    message: 'the object has been modified',
  });
}

/** Returns the answer to a write to an object that is not there. */
export function notFound(request: string): ApiError {
  return new ApiError(request, 404, { reason: 'NotFound', message: 'not found' });
}

/** Returns the answer to an object that does not fit its schema. */
export function refusal(request: string, causes: readonly Cause[]): ApiError {
  const told = causes.map(({ field, message }) => `${field}: ${message}`).join(', ');
  const message = `the object is invalid: ${told}`;
  return new ApiError(request, 422, { reason: 'Invalid', message, details: { causes } });
}

/** Throws where the object has a field that its schema does not know. */
export function refuseUndeclared(request: string, of: Kind, object: KubeObject): void {
  const [first] = undeclared(of, object);
  if (first === undefined) return;
  const message = `failed to create typed patch object: .${first.field}: ${first.message}`;
  throw new ApiError(request, 500, { message });
}
