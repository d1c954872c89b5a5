// Objects as the API server shows them to policies.
export { type Admitted, admittedObject, type WriteRequest } from './admitted.ts';
export type { CustomResource } from './custom-resource.ts';
export type { JsonObject } from './json.ts';
export { namespaceObject } from './namespace-object.ts';
export { type SchemaSource, schemasOf } from './schemas.ts';
export type { Structural } from './structural.ts';
export { Undetermined, withExamples } from './undetermined.ts';
