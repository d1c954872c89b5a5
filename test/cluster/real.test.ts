import { realBench } from './bench.ts';
import { clusterContract } from './contract.ts';

clusterContract(realBench);
