// The entry for Knative and for one plain container: `node functions/container.ts`.
import { main } from './main.ts';
import { serveFunctions } from './serve.ts';

void main(() => serveFunctions({}));
