/** Our transcription against raw whisper-cli on the same recording with the same model: time, processor time, word errors. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { locateTools } from '../src/main/engine/media/locate.ts';
import { runTool } from '../src/main/engine/media/child.ts';
import type { Tools } from '../src/main/engine/media/tools.ts';
import { processorSeconds } from './processor-time.ts';
import { rootDir } from './root.ts';
import { attemptTranscription } from './speech-attempt.ts';
import { corpusDir, joinCorpus } from './speech-corpus.ts';
import { wordErrors } from './wer.ts';

/** The case the project promises: ten minutes of speech. LONGHAUL_BENCH_SECONDS shortens it. */
const SECONDS = 600;
/** Each takes its turn as first, so that a machine that slows down meanwhile is no one's advantage. */
const ROUNDS = 3;
/** Wall time, ours to raw; word errors in points above the uncut file's. */
const TARGET_RATIO = 1.1;
const TARGET_POINTS = 0.5;
/** The raw tool's part in the promise. */
const RAW_THREADS = 2;

interface Run {
  readonly wallSeconds: number;
  /** Null where the system does not tell. */
  readonly cpuSeconds: number | null;
  readonly text: string;
}

export async function runTranscribeBench(print: (line: object) => void): Promise<void> {
  const dir = corpusDir();
  if (dir === undefined) {
    print({ case: 'transcribe', skipped: 'the speech corpus is not beside the project (../shared/corpus)' });
    return;
  }
  const signal = new AbortController().signal;
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-'));
  try {
    const tools = await benchTools(folder, signal);
    const { whisperCliPath } = tools;
    if (whisperCliPath === null) {
      print({ case: 'transcribe', skipped: 'whisper-cli was not found: npm run setup' });
      return;
    }
    const wavPath = join(folder, 'speech.wav');
    const seconds = Number(process.env['LONGHAUL_BENCH_SECONDS'] ?? SECONDS);
    const recording = await joinCorpus({ dir, seconds, wavPath, ffmpegPath: tools.ffmpegPath, signal });
    const model = join(tools.bundledModelsDir, 'ggml-tiny.en-q8_0.bin');
    const contenders = {
      ours: () => transcribe(wavPath, model, folder, tools, signal),
      raw: () => rawWhisper(whisperCliPath, ['-bs', '1', '-bo', '1'], { model, wavPath, folder, signal }),
      rawDefault: () => rawWhisper(whisperCliPath, [], { model, wavPath, folder, signal }),
    };
    const runs: Record<keyof typeof contenders, Run[]> = { ours: [], raw: [], rawDefault: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = (['ours', 'raw', 'rawDefault'] as const).map((_, index, names) => names[(index + round) % names.length] ?? 'ours');
      for (const name of order) runs[name].push(await contenders[name]());
    }
    print(figures(recording, runs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figures(recording: { seconds: number; text: string }, runs: Readonly<Record<'ours' | 'raw' | 'rawDefault', readonly Run[]>>): object {
  const errors = (name: keyof typeof runs): number => wordErrors(recording.text, runs[name][0]?.text ?? '').percent;
  const wall = (name: keyof typeof runs): number => median(runs[name].map((run) => run.wallSeconds)) ?? 0;
  const cpu = (name: keyof typeof runs): number => median(runs[name].map((run) => run.cpuSeconds)) ?? Number.NaN;
  const ratio = wall('ours') / wall('raw');
  return {
    case: 'transcribe',
    what: `tiny.en q8_0, ${Math.round(recording.seconds)} s of speech; raw: whisper-cli -t ${RAW_THREADS} -bs 1 -bo 1; rawDefault: without -bs and -bo`,
    ratio: round(ratio), target: TARGET_RATIO, isMet: ratio <= TARGET_RATIO && errors('ours') - errors('raw') <= TARGET_POINTS, cpuRatio: round(cpu('ours') / cpu('raw')),
    oursSeconds: round(wall('ours')), rawSeconds: round(wall('raw')), rawDefaultSeconds: round(wall('rawDefault')),
    oursCpuSeconds: round(cpu('ours')), rawCpuSeconds: round(cpu('raw')), rawDefaultCpuSeconds: round(cpu('rawDefault')),
    werOurs: round(errors('ours')), werRaw: round(errors('raw')), werRawDefault: round(errors('rawDefault')), targetPoints: TARGET_POINTS,
    rounds: { ours: seconds(runs.ours), raw: seconds(runs.raw), rawDefault: seconds(runs.rawDefault) },
  };
}

/** The whole handler, check included, as a worker runs it. */
async function transcribe(wavPath: string, model: string, folder: string, tools: Tools, signal: AbortSignal): Promise<Run> {
  const ownFolder = mkdtempSync(join(folder, 'ours-'));
  const { result: drafts, ...times } = await timed(() => attemptTranscription({ path: wavPath, options: { model, language: 'en' }, folder: ownFolder, tools, signal }));
  const txt = drafts.find((draft) => draft.fileName.endsWith('.txt'));
  const text = txt === undefined ? '' : readFileSync(txt.tempPath, 'utf8');
  rmSync(ownFolder, { recursive: true, force: true });
  return { ...times, text };
}

async function timed<T>(work: () => Promise<T>): Promise<{ wallSeconds: number; cpuSeconds: number | null; result: T }> {
  const [start, cpuStart] = [performance.now(), processorSeconds()];
  const result = await work();
  const cpuEnd = processorSeconds();
  return { wallSeconds: (performance.now() - start) / 1000, cpuSeconds: cpuStart === null || cpuEnd === null ? null : cpuEnd - cpuStart, result };
}

const rawOutput = z.object({ transcription: z.array(z.object({ text: z.string() })) });

async function rawWhisper(path: string, decoding: readonly string[], input: { model: string; wavPath: string; folder: string; signal: AbortSignal }): Promise<Run> {
  const base = join(input.folder, 'raw');
  const args = ['-m', input.model, '-t', String(RAW_THREADS), ...decoding, '-oj', '-of', base, '-f', input.wavPath];
  const { wallSeconds, cpuSeconds } = await timed(() => runTool({ path, args, signal: input.signal }));
  const { transcription } = rawOutput.parse(JSON.parse(readFileSync(`${base}.json`, 'utf8')));
  return { wallSeconds, cpuSeconds, text: transcription.map((segment) => segment.text).join(' ') };
}

async function benchTools(dataDir: string, signal: AbortSignal): Promise<Tools> {
  const resourcesDir = join(rootDir, 'resources');
  const { tools } = await locateTools({ env: process.env, platform: process.platform, homeDir: homedir(), resourcesDir, dataDir }, signal);
  return { ...tools, preferredModel: 'auto', threads: RAW_THREADS };
}

/** Of what was measured; null where nothing was. */
function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

function seconds(runs: readonly Run[]): (number | null)[] {
  return runs.map((run) => round(run.wallSeconds));
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100;
}
