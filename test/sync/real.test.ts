import { realBench } from '../cluster/bench.ts';
import { syncSuite } from './suite.ts';

syncSuite('real', realBench);
