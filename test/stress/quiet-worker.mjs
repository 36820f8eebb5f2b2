// A worker of scenarios/workers.mjs that ends with one callback alive, and nothing else.
import { workerData } from 'node:worker_threads';
import { ASK, answer } from './stage.mjs';

const { callback } = await import(workerData.index);
callback(ASK, answer);
