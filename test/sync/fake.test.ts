import { fakeBench } from '../cluster/bench.ts';
import { syncSuite } from './suite.ts';

syncSuite('fake', async () => fakeBench());
