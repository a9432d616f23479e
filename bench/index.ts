/** Runs the cases named on the command line, or all of them, and prints one JSON line each. */
import { runAnswersBench } from './answers.ts';
import { runBackupBench } from './backup.ts';
import { runCleanUpBench } from './clean-up.ts';
import { runConvertBench } from './convert.ts';
import { runDocumentsBench } from './documents.ts';
import { runGraphBench } from './graph.ts';
import { runListsBench } from './lists.ts';
import { runImagesBench } from './images.ts';
import { runMemoryBench } from './memory.ts';
import { runModelsBench } from './models.ts';
import { runNoopBench } from './noop.ts';
import type { Print } from './print.ts';
import { runStallBench, runStallChild } from './stall.ts';
import { runStoreBench } from './store.ts';
import { runTranscribeBench } from './transcribe.ts';
import { runWatchBench } from './watch.ts';
import { runWindowBench } from './window.ts';

const CASES: Readonly<Record<string, (print: Print) => Promise<void>>> = {
  store: runStoreBench,
  noop: runNoopBench,
  answers: runAnswersBench,
  graph: runGraphBench,
  cleanUp: runCleanUpBench,
  lists: runListsBench,
  backup: runBackupBench,
  stall: runStallBench,
  convert: runConvertBench,
  documents: runDocumentsBench,
  transcribe: runTranscribeBench,
  images: runImagesBench,
  models: runModelsBench,
  watch: runWatchBench,
  memory: runMemoryBench,
  window: runWindowBench,
};

// The process that the case `stall` starts itself.
if (process.argv[2] === 'stall-child') {
  await runStallChild(process.argv[3] ?? '');
  process.exit(0);
}
const wanted = process.argv.slice(2).filter((name) => name !== '');
const unknown = wanted.filter((name) => !(name in CASES));
if (unknown.length > 0) {
  console.error(`There is no bench case ${unknown.join(', ')}. There are: ${Object.keys(CASES).join(', ')}.`);
  process.exit(2);
}
for (const [name, run] of Object.entries(CASES)) {
  if (wanted.length === 0 || wanted.includes(name)) await run((line) => console.log(JSON.stringify(line)));
}
