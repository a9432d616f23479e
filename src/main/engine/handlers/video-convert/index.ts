/** Converts film and sound. Long films are cut into segments, each a checkpoint; see segments.ts and docs/decisions. */
import { TaskError } from '../../../../shared/errors.ts';
import { videoConvertOptions, type VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact } from '../../media/durable-file.ts';
import type { VideoStream } from '../../media/media-info.ts';
import { listPackets, type PacketList } from '../../media/packets.ts';
import { basisDifference, type Basis } from '../basis.ts';
import { assumedConvertPace, estimateTask } from '../estimate.ts';
import { requireFilm, requireUnchanged } from '../film-source.ts';
import type { Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { adviseOnSpace, clearWorkFolder } from '../work-folder.ts';
import { HUGE_INPUT_BYTES, planSegments } from '../segment-plan.ts';
import { BURN_FILES } from './burn-in.ts';
import { checkOutput, type Expectation } from './check.ts';
import type { VideoCodec } from './encoders.ts';
import { limitTimeline } from './frame-limit.ts';
import { joinParts, videoStartSeconds } from './join.ts';
import type { Level } from './level.ts';
import { checkLevels, measureLevels } from './levels.ts';
import { basisOf, convertPart, convertPlan, planEncoding, type ConvertPart, type ConvertPlan, type Segment } from './plan.ts';
import { encodeSegments, NotSegmentable } from './segments.ts';
import { encodeSideStreams, sideArguments } from './side-streams.ts';
import { planSize } from './size-plan.ts';
import { convertTimelineToSize, convertWholeToSize } from './sized.ts';
import { openSource, type Source } from './source.ts';
import { countFrames, loadTimeline, readTimeline, saveTimeline, type Timeline, type TimelineResult } from './timeline.ts';
import { codecName, convertSound, convertWhole, cutShort } from './whole.ts';
import type { ConvertContext, FilmWork, SegmentedWork } from './work.ts';

/** What perform leaves for the check of the same attempt. */
const expectations = new WeakMap<ConvertContext, Expectation>();
const measured = new WeakMap<ConvertContext, readonly Level[]>();
/** One to make the parts, one to read them again, one to mend what was spoilt, one to read that. */
const MAX_PASSES = 4;

export const handler: Handler<VideoConvertOptions, ConvertPlan, ConvertPart> = {
  type: 'video_convert',
  options: videoConvertOptions,
  plan: convertPlan,
  part: convertPart,
  async perform(context) {
    const opened = await openSource(context);
    await announce(context, opened);
    const source = { ...opened, levels: await measureLevels(context, opened) };
    measured.set(context, source.levels);
    const draft = context.draft(outputName(source.path, context.task.suffix, context.task.options.container));
    expectations.set(context, await convert(context, source, draft));
    await requireUnchanged(source);
    return [draft];
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== 1) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    const seconds = expected.video?.frameSeconds?.at(-1) ?? expected.audioSeconds ?? 1;
    context.progress({ current: seconds, total: seconds, message: 'checking' });
    await checkOutput(expected, context);
    await checkLevels(expected.path, expected.fileName, context, measured.get(context) ?? []);
  },
};

async function convert(context: ConvertContext, source: Source, draft: Draft): Promise<Expectation> {
  const { videoCodec } = context.task.options;
  if (videoCodec === 'none') return convertSound(context, source, draft);
  const film = requireFilm(source, 'Choose an audio recipe: mp3 or wav.');
  const targetBytes = targetOf(context);
  const work = await planWork(targetBytes === null ? context : fitToSize(context, source, { film, codec: videoCodec, targetBytes }), source, film, videoCodec);
  if (work.encoding.picture.isToneMapped) context.log('HDR is tone mapped to standard range');
  const segmented = await planSegmented(work);
  if (targetBytes !== null) return convertToSize(work, segmented, { draft, targetBytes });
  if (segmented === null) return convertWhole(work, draft);
  try {
    return await convertSegmented(segmented, draft);
  } catch (error) {
    if (!(error instanceof NotSegmentable)) throw error;
    return convertUncut(segmented, error.message, draft);
  }
}

async function planWork(context: ConvertContext, source: Source, film: VideoStream, codec: VideoCodec): Promise<FilmWork> {
  return { context, source, film, encoding: await planEncoding(context, source, film, codec) };
}

async function convertToSize(work: FilmWork, segmented: SegmentedWork | null, { draft, targetBytes }: { draft: Draft; targetBytes: number }): Promise<Expectation> {
  // libvpx counts its bits by ticks, and on a clock as fine as a timeline's it spends a fraction of what it is given.
  if (segmented === null || work.encoding.codec === 'vp9') return convertWholeToSize(work, draft, targetBytes);
  try {
    await convertTimelineToSize(segmented, draft, targetBytes);
    return expectationOf(segmented, draft);
  } catch (error) {
    if (!(error instanceof NotSegmentable)) throw error;
    work.context.log(`the frames of ${displayName(work.source.path)} are not what its index says (${error.message}): FFmpeg decides their times`);
    return convertWholeToSize(work, draft, targetBytes);
  }
}

function targetOf({ task }: ConvertContext): number | null {
  return task.options.targetMegabytes === null ? null : Math.floor(task.options.targetMegabytes * 1e6);
}

/** The same task with a picture and a sound that can look and sound well in that size. */
function fitToSize(context: ConvertContext, { media, audio }: Source, { film, codec, targetBytes }: { film: VideoStream; codec: VideoCodec; targetBytes: number }): ConvertContext {
  const { options } = context.task;
  const { resolution, audioBitrateKbps, isReduced } = planSize({ options, media, film, audio, codec, targetBytes });
  if (isReduced) context.warn(`The picture was made smaller (${resolution}), as ${targetBytes / 1e6} MB are too few for more.`);
  if (options.encoder === 'hardware') context.warn('Hardware encoders can\'t keep to a size, so software was used.');
  return { ...context, task: { ...context.task, options: { ...options, resolution, audioBitrateKbps, encoder: 'software' } } };
}

async function convertSegmented(work: SegmentedWork, draft: Draft): Promise<Expectation> {
  await makeParts(work);
  await requireUnchanged(work.source);
  say(work.context, work.source, 'joining');
  await joinParts(work, draft);
  return expectationOf(work, draft);
}

/** Until a pass finds nothing to do: the last one reads every part once more, as it goes into the join. */
async function makeParts(work: SegmentedWork): Promise<void> {
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    if (!(await makeMissingParts(work))) return;
  }
  throw new TaskError('IO_ERROR', `Parts of ${displayName(work.source.path)} on the disk of ${work.context.workDir} do not stay as they were written. Check that disk; the task tries again.`, { retryable: true });
}

/** Audio is encoded beside the first segments; when either fails, the other stops. */
async function makeMissingParts(work: SegmentedWork): Promise<boolean> {
  const stop = new AbortController();
  const signal = AbortSignal.any([work.context.signal, stop.signal]);
  const guarded = async <T>(promise: Promise<T>): Promise<T> => promise.catch((error: unknown) => {
    stop.abort(error);
    throw error;
  });
  const [encoded, side] = await Promise.allSettled([guarded(encodeSegments(work, signal)), guarded(encodeSideStreams(work, signal))]);
  if (stop.signal.aborted) throw stop.signal.reason;
  return (encoded.status === 'fulfilled' && encoded.value > 0) || (side.status === 'fulfilled' && side.value);
}

/** One segment of the whole film; where even that is not what its packets promise, the plain way. */
async function convertUncut(work: SegmentedWork, why: string, draft: Draft): Promise<Expectation> {
  const { context, source, plan, timeline } = work;
  if (plan.segments.length > 1) {
    context.log(`this film can't be cut (${why}): it is encoded in one piece and starts over if it is interrupted`);
    const uncut: ConvertPlan = { ...plan, segments: [wholeSegment(timeline)] };
    await store(context, uncut);
    try {
      return await convertSegmented({ ...work, plan: uncut }, draft);
    } catch (error) {
      if (!(error instanceof NotSegmentable)) throw error;
      why = error.message;
    }
  }
  context.log(`the frames of ${displayName(source.path)} are not what its index says (${why}): FFmpeg decides their times`);
  return convertWhole(work, draft);
}

/** The frames that the result shall have. */
function readLimited(packets: PacketList, { film, source, encoding }: FilmWork): TimelineResult {
  const read = readTimeline(packets, film.timeBase, source.media.formatNames);
  return 'reason' in read || encoding.frameLimit === null ? read : { timeline: limitTimeline(read.timeline, encoding.frameLimit) };
}

/** The stored plan where it still fits, else a new one; null where the film can't be known beforehand. */
async function planSegmented(work: FilmWork): Promise<SegmentedWork | null> {
  const { context, source, film, encoding } = work;
  const basis = basisOf(source, film, encoding, [...sideArguments(context, source, (name) => name), ...(targetOf(context) === null ? [] : [`${targetOf(context)} bytes`])]);
  const stored = await storedPlan(context, basis);
  if (stored !== null) return { ...work, ...stored };
  const packets = await listPackets(source.path, { ffprobePath: context.tools.ffprobePath, signal: context.signal, stream: String(film.index), onPackets: (count) => context.progress({ current: 0, total: 0, message: `reading, ${count} frames` }) });
  if (packets.isCutShort) throw cutShort(source.path);
  const read = readLimited(packets, work);
  if ('reason' in read) {
    context.log(`${displayName(source.path)} can't be cut: ${read.reason}. It is encoded in one piece and starts over if it is interrupted`);
    return null;
  }
  await clearWorkFolder(context.workDir, new Set(BURN_FILES));
  const plan: ConvertPlan = { basis, timeline: await saveTimeline(context.workDir, read.timeline, context.task.attempt), segments: cut(work, read.timeline), levels: [...source.levels] };
  await store(context, plan);
  return { ...work, plan, timeline: read.timeline };
}

async function storedPlan(context: ConvertContext, basis: Basis): Promise<{ plan: ConvertPlan; timeline: Timeline } | null> {
  const { plan, parts } = context.checkpoint;
  if (plan === undefined) return null;
  const difference = basisDifference(plan.basis, basis);
  if (difference !== null) context.log(`the work done so far is of no use, as ${difference}: starting over`);
  else if (await isIntact(context.workDir, plan.timeline)) {
    await clearWorkFolder(context.workDir, new Set([...BURN_FILES, plan.timeline.name, ...[...parts.values()].flatMap(({ files }) => files.map(({ name }) => name))]));
    return { plan, timeline: await loadTimeline(context.workDir) };
  } else context.log('the frame list of an earlier attempt is gone: starting over');
  return null;
}

function cut({ context, source, film, encoding }: FilmWork, timeline: Timeline): Segment[] {
  // Bits are spread over the whole film.
  if (targetOf(context) !== null) return [wholeSegment(timeline)];
  const { numerator, denominator } = film.timeBase;
  const first = timeline.pts[0] ?? 0;
  // A cut at a keyframe that is shown before the first frame is none; the start is always one.
  const cutPts = [first, ...timeline.keys.filter((pts) => pts > first)];
  const pace = context.pace ?? assumedConvertPace(context.task.options, film, encoding.picture.width * encoding.picture.height, context.tools.threads);
  const { tier, cuts } = planSegments({ cutSeconds: cutPts.map((pts) => (pts * numerator) / denominator), endSeconds: (timeline.endPts * numerator) / denominator, pace, inputBytes: source.media.sizeBytes });
  const starts = cuts.map((index) => cutPts[index] ?? first);
  const segments = starts.map((fromPts, index) => {
    const toPts = starts[index + 1] ?? null;
    return { fromPts, toPts, frames: countFrames(timeline, fromPts, toPts ?? Infinity) };
  });
  context.log(`${timeline.pts.length} frames, ${segments.length} segments (${tier})`);
  return segments;
}

function wholeSegment(timeline: Timeline): Segment {
  return { fromPts: timeline.pts[0] ?? 0, toPts: null, frames: timeline.pts.length };
}

function store(context: ConvertContext, plan: ConvertPlan): Promise<void> {
  // Side streams; and where a size is wanted, what the first pass saw.
  return context.checkpoint.savePlan(plan, plan.segments.length + (targetOf(context) === null ? 1 : 2));
}

function expectationOf(work: SegmentedWork, draft: Draft): Expectation {
  const { context, source, film, encoding, plan, timeline } = work;
  const tick = film.timeBase.numerator / film.timeBase.denominator;
  const parts = context.checkpoint.parts;
  const lost = new Set([...parts.values()].flatMap(({ lostPts }) => lostPts));
  const pts = lost.size === 0 ? timeline.pts : timeline.pts.filter((value) => !lost.has(value));
  const start = pts[0] ?? 0;
  const side = parts.get(plan.segments.length);
  return {
    path: draft.tempPath, fileName: draft.fileName,
    video: { codec: codecName(encoding.codec), width: encoding.picture.width, height: encoding.picture.height, frames: pts.length, frameSeconds: pts.map((value) => (value - start) * tick) },
    audioTracks: source.audio.length, subtitleTracks: source.subtitles.kept.length,
    audioSeconds: side?.audioSeconds ?? null,
    videoLeadSeconds: side === undefined || side.audioStartSeconds === null ? null : videoStartSeconds(work) - side.audioStartSeconds,
  };
}

/** Forecast, advice and what will be left out: all that can be said before the work. */
async function announce(context: ConvertContext, source: Source): Promise<void> {
  const name = displayName(source.path);
  const estimate = estimateTask({ type: 'video_convert', options: context.task.options, media: source.media, pace: context.pace });
  context.estimate(estimate);
  if (source.media.sizeBytes > HUGE_INPUT_BYTES) context.warn(`${name} is larger than 10 GB. It works, but files split into hours are quicker to check, copy and do again.`);
  for (const { index, codec } of source.subtitles.dropped) context.warn(`Subtitle track ${index} of ${name} (${codec ?? 'unknown'}) can't be kept in ${context.task.options.container} and was left out. Choose mkv to keep it.`);
  await adviseOnSpace(context, estimate.tempBytes);
}

function say(context: ConvertContext, { media }: Source, message: string): void {
  const seconds = media.durationSeconds ?? 1;
  context.progress({ current: seconds, total: seconds, message });
}
