import { realBench } from '../cluster/bench.ts';
import { reconcileSuite } from './suite.ts';

reconcileSuite(realBench);
