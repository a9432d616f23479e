/**
 * A film of a given size: two passes over the whole of it, and another second pass where the size was missed. The sound and what the first
 * pass saw are kept over a kill; the second pass starts over, because bits are spread over the whole film and a piece of it would not fit
 * what was already spent.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact, keepFile } from '../../media/durable-file.ts';
import type { Draft } from '../handler.ts';
import type { Expectation } from './check.ts';
import { bitrateArguments, bitrateParameters, hasTwoPasses } from './encoders.ts';
import { joinParts } from './join.ts';
import type { ConvertPart, Encoding } from './plan.ts';
import { encodeSegment, readPart } from './segment-encode.ts';
import { NotSegmentable, segmentFileName } from './segments.ts';
import { encodeSideStreams } from './side-streams.ts';
import { convertWhole } from './whole.ts';
import type { FilmWork, SegmentedWork } from './work.ts';

/** Aimed at; what is between 98 % and all of the wanted size is taken. */
const AIM = 0.99;
const LEAST = 0.98;
/** Each costs a second pass. Two-pass encoders are mostly right at once; short films take one or two more. */
const MAX_ROUNDS = 5;
/** libvpx answers bitrates in steps of some 5 % on short films: more rounds come no nearer (six of them did not, for 12 s of noise). */
const VP9_ROUNDS = 2;
/** A bitrate changes by no more than this at once. */
const MOST_STEP = 4;
/** Where so little more came out than was asked for more, the film has no use for more bits. */
const SATURATED_SHARE = 0.25;
/** Encoders refuse less. */
const LEAST_KBPS = 8;
/** A frame in MP4's tables. */
const BYTES_PER_FRAME = 14;
const LOG_NAME = 'pass';
/** Parts after the one segment: the side streams are 1. */
const LOG_PART = 2;

/** One way to encode all of it. */
interface Route {
  readonly seconds: number;
  /** Bytes of all that is no picture, as far as they are known. */
  sideBytes(): number;
  analyse(encoding: Encoding, onShare: (share: number) => void): Promise<void>;
  /** Leaves the finished draft. */
  encode(encoding: Encoding, onShare: (share: number) => void): Promise<void>;
}

/** The film cut out of its timeline, with every frame known; throws NotSegmentable where its frames are not what its index says. */
export async function convertTimelineToSize(work: SegmentedWork, draft: Draft, targetBytes: number): Promise<void> {
  await encodeSideStreams(work, work.context.signal);
  await reach(timelineRoute(work, draft), work, draft, targetBytes);
}

/** The film in FFmpeg's own timing. */
export async function convertWholeToSize(work: FilmWork, draft: Draft, targetBytes: number): Promise<Expectation> {
  const seconds = work.film.durationSeconds ?? work.source.media.durationSeconds ?? 0;
  let expected: Expectation | undefined;
  const run = async (encoding: Encoding): Promise<void> => {
    expected = await convertWhole({ ...work, encoding }, draft);
  };
  await reach({ seconds, sideBytes: () => (work.source.audio.length * work.context.task.options.audioBitrateKbps * 1000 * seconds) / 8, analyse: run, encode: run }, work, draft, targetBytes);
  if (expected === undefined) throw new TaskError('INTERNAL', 'Nothing was encoded. Retry the task; if it happens again, report it.');
  return expected;
}

async function reach(route: Route, { context, source, encoding }: FilmWork, draft: Draft, targetBytes: number): Promise<void> {
  const passes = hasTwoPasses(encoding.codec);
  const say = (from: number, to: number, message: string) => (share: number): void => context.progress({ current: route.seconds * (from + (to - from) * Math.min(1, share)), total: route.seconds, message });
  const kbpsFor = (bytes: number): number => Math.floor((bytes * 8) / 1000 / route.seconds);
  let kbps = kbpsFor(AIM * targetBytes - route.sideBytes());
  if (kbps < LEAST_KBPS) throw tooSmall(source.path, targetBytes);
  if (passes) await route.analyse(withBitrate(encoding, context, { kbps, pass: 1 }), say(0, 0.45, 'first pass'));
  const tries: Try[] = [];
  const rounds = encoding.codec === 'vp9' ? VP9_ROUNDS : MAX_ROUNDS;
  const encodeOnce = async (round: number): Promise<number> => {
    const [from, to] = roundShares(round);
    await route.encode(withBitrate(encoding, context, { kbps, pass: passes ? 2 : null }), say(from, to, round === 0 ? 'encoding' : 'encoding, nearer to the size'));
    const bytes = (await stat(draft.tempPath)).size;
    context.log(`${kbps} kbit/s gave ${bytes} bytes of ${targetBytes}`);
    return bytes;
  };
  for (let round = 0; round < rounds; round += 1) {
    const bytes = await encodeOnce(round);
    tries.push({ kbps, bytes });
    if (bytes <= targetBytes && (bytes >= LEAST * targetBytes || isSaturated(tries))) return;
    kbps = nextKbps(tries, { aimBytes: AIM * targetBytes, sideBytes: route.sideBytes() });
    if (kbps < LEAST_KBPS) throw tooSmall(source.path, targetBytes);
  }
  // The largest that was not too large.
  const best = tries.filter(({ bytes }) => bytes <= targetBytes).sort((one, other) => other.bytes - one.bytes)[0];
  if (best === undefined) throw tooSmall(source.path, targetBytes);
  kbps = best.kbps;
  const bytes = best === tries.at(-1) ? best.bytes : await encodeOnce(rounds);
  if (bytes > targetBytes) throw tooSmall(source.path, targetBytes);
  if (bytes < LEAST * targetBytes) context.warn(`${displayName(draft.fileName)} has ${(bytes / 1e6).toFixed(2)} MB: nearer to ${targetBytes / 1e6} MB its encoder could not be brought.`);
}

/** The first second pass has the middle; further ones share the rest, so that progress never goes back. */
function roundShares(round: number): readonly [number, number] {
  if (round === 0) return [0.45, 0.9];
  return [1 - 0.1 * 0.5 ** (round - 1), 1 - 0.1 * 0.5 ** round];
}

interface Try {
  readonly kbps: number;
  readonly bytes: number;
}

/** Only after the bitrate was at least doubled: encoders answer small changes in steps. */
function isSaturated(tries: readonly Try[]): boolean {
  const [first] = tries;
  const [before, now] = tries.slice(-2);
  if (first === undefined || before === undefined || now === undefined || now.kbps < 2 * first.kbps || now.kbps <= before.kbps) return false;
  return now.bytes / before.bytes - 1 < SATURATED_SHARE * (now.kbps / before.kbps - 1);
}

/** In proportion at first; then along the line through the last two. */
function nextKbps(tries: readonly Try[], { aimBytes, sideBytes }: { aimBytes: number; sideBytes: number }): number {
  const [now, before] = [...tries].reverse();
  if (now === undefined) return 0;
  const slope = before === undefined || before.kbps === now.kbps ? 0 : (now.bytes - before.bytes) / (now.kbps - before.kbps);
  const sides = Math.min(sideBytes, now.bytes - 1);
  const wanted = slope > 0 ? now.kbps + (aimBytes - now.bytes) / slope : now.kbps * ((aimBytes - sides) / (now.bytes - sides));
  return Math.floor(Math.min(MOST_STEP * now.kbps, Math.max(now.kbps / MOST_STEP, wanted)));
}

function timelineRoute(work: SegmentedWork, draft: Draft): Route {
  const { context, film, timeline } = work;
  const { numerator, denominator } = film.timeBase;
  const seconds = ((timeline.endPts - (timeline.pts[0] ?? 0)) * numerator) / denominator;
  const sides = (context.checkpoint.parts.get(1)?.files ?? []).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return {
    seconds,
    sideBytes: () => sides + timeline.pts.length * BYTES_PER_FRAME,
    async analyse(encoding, onShare) {
      if (await isLogIntact(context.checkpoint.parts.get(LOG_PART), context.workDir)) return;
      await rm(await encodeAll(work, encoding, onShare));
      const names = (await readdir(context.workDir)).filter((name) => name.startsWith(LOG_NAME) && !name.endsWith('.part'));
      const files = [];
      for (const name of names) files.push(await keepFile(join(context.workDir, name), join(context.workDir, name)));
      await context.checkpoint.savePart(LOG_PART, { files, ...EMPTY_PART });
    },
    async encode(encoding, onShare) {
      const tempPath = await encodeAll(work, encoding, onShare);
      const facts = await readPart(tempPath, context.tools, context.signal);
      if (facts?.pts.length !== timeline.pts.length) throw new NotSegmentable(`${facts?.pts.length ?? 0} frames came out of ${timeline.pts.length}`);
      const file = await keepFile(tempPath, join(context.workDir, segmentFileName(0)));
      await context.checkpoint.savePart(0, { ...EMPTY_PART, files: [file], signature: facts.signature });
      await joinParts(work, draft);
    },
  };
}

const EMPTY_PART: Omit<ConvertPart, 'files'> = { signature: '', lostPts: [], audioSeconds: 0, audioStartSeconds: null };

async function isLogIntact(part: ConvertPart | undefined, workDir: string): Promise<boolean> {
  for (const file of part?.files ?? []) if (!(await isIntact(workDir, file))) return false;
  return part !== undefined && part.files.length > 0;
}

/** Returns where the picture was written. */
async function encodeAll({ context, source, film, plan, timeline }: SegmentedWork, encoding: Encoding, onShare: (share: number) => void): Promise<string> {
  const [segment] = plan.segments;
  if (segment === undefined) throw new TaskError('INTERNAL', 'The plan has no segment. Retry the task; if it happens again, report it.');
  const outputPath = join(context.workDir, `${segmentFileName(0)}.${context.task.attempt}.part`);
  const total = segment.frames;
  await encodeSegment({
    source, film, encoding, segment, outputPath, tools: context.tools, signal: context.signal, cwd: context.workDir, firstPts: timeline.pts[0] ?? 0, seekPts: null,
    onProgress: ({ frame }) => onShare(frame / total),
  });
  return outputPath;
}

/** The same picture with a mean bitrate. */
function withBitrate(encoding: Encoding, { task, tools }: FilmWork['context'], { kbps, pass }: { kbps: number; pass: 1 | 2 | null }): Encoding {
  const { codec, picture } = encoding;
  const wish = { kbps, pass, speed: task.options.speed, threads: tools.threads, logName: LOG_NAME };
  const parameters = bitrateParameters(codec, wish);
  const colours = picture.encoderArguments.map((argument, index) => (picture.encoderArguments[index - 1] === '-x265-params' ? [argument, ...parameters].join(':') : argument));
  return { ...encoding, encoderArguments: [...bitrateArguments(codec, wish), '-pix_fmt', picture.pixelFormat, ...colours, ...(codec === 'h265' ? ['-tag:v', 'hvc1'] : [])] };
}

function tooSmall(path: string, targetBytes: number): TaskError {
  return new TaskError('OPTION_INVALID', `${displayName(path)} can't be brought to ${targetBytes / 1e6} MB. Choose a larger size or a lower resolution, or cut out a piece first (recipe trim).`);
}
