import { fakeBench } from './bench.ts';
import { clusterContract } from './contract.ts';

clusterContract(async () => fakeBench());
