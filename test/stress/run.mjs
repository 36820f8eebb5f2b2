// Runs one scenario in a Node of its own. Status 0 and a line of JSON with what was counted: everything held.
//
//   node --max-semi-space-size=8 run.mjs <interfix index.js> <library of fixtures/native/abuse.c> <scenario>[:<variant>] <factor>

import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { Stage } from './stage.mjs';

const [, , index, path, name, factor] = process.argv;
const [file, variant] = name.split(':');
const interfix = await import(pathToFileURL(index).href);
const scenario = await import(new URL(`./scenarios/${file}.mjs`, import.meta.url).href);
const stage = new Stage(interfix, { index: pathToFileURL(index).href, path, factor: Number(factor) });

const started = performance.now();
const figures = await scenario.run(stage, variant);
const milliseconds = Math.round(performance.now() - started);
console.log(JSON.stringify({ scenario: name, milliseconds, ...figures }));
