import { fakeBench } from '../cluster/bench.ts';
import { reconcileSuite } from './suite.ts';

reconcileSuite(async () => fakeBench());
