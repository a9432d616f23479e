/** Loudness normalisation in two passes: what each track measures, and whether the result has what was asked for. */
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { integratedLoudness, measureLoudness, type Loudness } from '../../media/loudness.ts';
import { audioStreams, type AudioStream } from '../../media/media-info.ts';
import { canBeLinear, type Level } from './level.ts';
import { mixFilters } from './sound.ts';
import type { Source } from './source.ts';
import type { ConvertContext } from './work.ts';

/** EBU R128 allows ±0.5 LU for finished programmes, which lossy encoding keeps. Where peaks are pressed down, the filter steers and ±1 LU is what it reaches. */
const LINEAR_TOLERANCE_LU = 0.5;
const DYNAMIC_TOLERANCE_LU = 1;

/** The first pass, over every kept track; of an earlier attempt on the same file where there is one. */
export async function measureLevels(context: ConvertContext, source: Source): Promise<Level[]> {
  const { options } = context.task;
  if (options.loudnessLufs === null || options.audioCodec === 'none') return [];
  const stored = context.checkpoint.plan;
  const isSame = stored !== undefined && stored.basis.ffmpeg === source.capabilities.fingerprint && JSON.stringify(stored.basis.source) === JSON.stringify(source.identity);
  const levels: Level[] = [];
  for (const track of source.audio) {
    const known = isSame ? stored.levels.find(({ stream }) => stream === track.index) : undefined;
    levels.push(known ?? { stream: track.index, measured: await measure(context, source, track) });
  }
  for (const { measured, stream } of levels) say(context, source, stream, measured);
  return levels;
}

/** Throws OUTPUT_CHECK_FAILED where a gain alone missed the target; where peaks were pressed down the user is told what was reached. */
export async function checkLevels(path: string, fileName: string, context: ConvertContext, levels: readonly Level[]): Promise<void> {
  const { loudnessLufs, truePeakDb } = context.task.options;
  if (loudnessLufs === null || levels.length === 0) return;
  const info = await probeMedia(path, { ffprobePath: context.tools.ffprobePath, signal: context.signal });
  for (const [index, track] of audioStreams(info).entries()) {
    const measured = levels[index]?.measured ?? null;
    if (measured === null) continue;
    const reached = await integratedLoudness({ ffmpegPath: context.tools.ffmpegPath, path, stream: track.index, filters: [], signal: context.signal });
    const off = reached === null ? Infinity : Math.abs(reached - loudnessLufs);
    context.log(`track ${index}: ${reached ?? 'no'} LUFS in the result`);
    if (canBeLinear(measured, loudnessLufs, truePeakDb)) {
      if (off > LINEAR_TOLERANCE_LU) throw new TaskError('OUTPUT_CHECK_FAILED', `The result ${displayName(fileName)} did not pass its check: its loudness is ${reached ?? 'no'} LUFS, not ${loudnessLufs}. The task tries again.`, { retryable: true });
    } else if (off > DYNAMIC_TOLERANCE_LU) context.warn(`Track ${index} of ${displayName(fileName)} reached ${reached ?? 'no'} LUFS instead of ${loudnessLufs}: its peaks are too far above the rest. Set truePeakDb=0 or a lower loudness to come nearer.`);
  }
}

async function measure(context: ConvertContext, source: Source, track: AudioStream): Promise<Loudness | null> {
  const { audioCodec } = context.task.options;
  return measureLoudness({
    ffmpegPath: context.tools.ffmpegPath, path: source.path, stream: track.index, signal: context.signal,
    filters: audioCodec === 'none' ? [] : mixFilters(audioCodec, track),
    onSeconds: (seconds) => context.progress({ current: 0, total: 0, message: `measuring the loudness, ${Math.round(seconds)} s` }),
  });
}

function say(context: ConvertContext, source: Source, stream: number, measured: Loudness | null): void {
  const { loudnessLufs, truePeakDb } = context.task.options;
  const name = displayName(source.path);
  if (loudnessLufs === null) return;
  if (measured === null) return context.warn(`Audio track ${source.audio.findIndex(({ index }) => index === stream)} of ${name} is silent, so its loudness was left as it is.`);
  context.log(`stream ${stream}: ${measured.integratedLufs} LUFS, true peak ${measured.truePeakDb} dB, range ${measured.rangeLu} LU`);
  if (!canBeLinear(measured, loudnessLufs, truePeakDb)) context.log(`stream ${stream}: a gain alone would lift peaks above ${truePeakDb} dB, so loudnorm presses them down`);
}
