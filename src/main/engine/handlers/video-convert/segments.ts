/** Encodes the segments that are missing, each one checked frame by frame before it counts. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { isIntact, keepFile } from '../../media/durable-file.ts';
import { displayName } from '../../media/display-name.ts';
import type { ConvertPart, Segment } from './plan.ts';
import { encodeSegment, readPart, trackTimescale } from './segment-encode.ts';
import { requireUnchanged } from '../film-source.ts';
import { framesBetween, keyBefore } from './timeline.ts';
import type { SegmentedWork } from './work.ts';

/** The source can't be cut here: what came out is not what its packets promised. */
export class NotSegmentable extends Error {
  override readonly name = 'NotSegmentable';
}

/**
 * How many keyframes before the cut decoding starts, tried in turn. 0 is right for sound files. 1 helps where a container seeks by decoding time,
 * 3 where pictures recover slowly after a seek.
 */
const LADDER = [0, 1, 3] as const;
/** A frame's loss is told one by one up to here; beyond, the source is not damaged but misunderstood. */
const MAX_LOST_SHARE = 0.05;

/** What the encoder made of a segment, held against the source's packets. */
type Verdict =
  | { readonly kind: 'exact'; readonly signature: string }
  /** Frames are missing, but those that came have the right times. */
  | { readonly kind: 'lossy'; readonly signature: string; readonly lostPts: readonly number[] }
  | { readonly kind: 'wrong'; readonly why: string };

/**
 * Returns how many segments had to be encoded; 0: all stored parts are there, and their contents are what was stored.
 * Throws NotSegmentable when cutting does not work with this source, TaskError for everything else.
 */
export async function encodeSegments(work: SegmentedWork, signal: AbortSignal): Promise<number> {
  const missing = await missingSegments(work);
  if (missing.length > 0) await new SegmentRun(work, signal).run(missing);
  return missing.length;
}

async function missingSegments({ context, plan }: SegmentedWork): Promise<number[]> {
  const missing: number[] = [];
  for (const index of plan.segments.keys()) {
    const file = context.checkpoint.parts.get(index)?.files[0];
    if (file !== undefined && (await isIntact(context.workDir, file))) continue;
    if (file !== undefined) context.log(`part ${file.name} is gone or spoilt and is made again`);
    missing.push(index);
  }
  return missing;
}

export function segmentFileName(index: number): string {
  return `v${String(index).padStart(5, '0')}.mp4`;
}

class SegmentRun {
  readonly #work: SegmentedWork;
  /** Where the ladder starts: a step that was needed once is needed again. */
  #step = 0;
  #signature: string | undefined;
  #doneSeconds = 0;
  readonly #totalSeconds: number;
  readonly #signal: AbortSignal;

  constructor(work: SegmentedWork, signal: AbortSignal) {
    this.#work = work;
    this.#signal = signal;
    this.#totalSeconds = this.#seconds(work.timeline.endPts - (work.timeline.pts[0] ?? 0));
  }

  async run(missing: readonly number[]): Promise<void> {
    const stored = this.#work.context.checkpoint.parts;
    for (const index of this.#work.plan.segments.keys()) {
      if (missing.includes(index)) continue;
      this.#signature ??= stored.get(index)?.signature;
      this.#doneSeconds += this.#lengthOf(index);
    }
    await this.#encodeAll(interiorFirst(missing, this.#signature === undefined));
  }

  /** While one segment is encoded, the one before it is checked, hashed and stored. */
  async #encodeAll(order: readonly number[]): Promise<void> {
    let unsettled: Promise<void> = Promise.resolve();
    try {
      for (const [position, index] of order.entries()) {
        const step = this.#step;
        const tempPath = await this.#encode(index, step);
        await unsettled;
        unsettled = this.#settle(index, tempPath, step);
        unsettled.catch(() => undefined);
        // The first one shows whether cutting works at all: nothing is built on it before it is known.
        if (position === 0) await unsettled;
      }
    } finally {
      await unsettled;
    }
  }

  /** Checks a fresh part; where it is wrong, climbs the ladder until one is right. */
  async #settle(index: number, firstPath: string, firstStep: number): Promise<void> {
    let tempPath = firstPath;
    let previous: Verdict | undefined;
    for (let step = firstStep; ; step += 1) {
      const verdict = await this.#judge(index, tempPath);
      if (verdict.kind === 'exact') {
        this.#step = Math.max(this.#step, step);
        return this.#keep(index, tempPath, verdict.signature, []);
      }
      if (verdict.kind === 'lossy' && this.#isLossOfSource(index, verdict, previous)) return this.#keep(index, tempPath, verdict.signature, verdict.lostPts);
      this.#work.context.log(`segment ${index}, decoded from ${LADDER[step] ?? 0} keyframes before: ${describe(verdict)}`);
      await rm(tempPath, { force: true });
      await requireUnchanged(this.#work.source);
      if (step + 1 >= LADDER.length || !this.#canStartEarlier(index, step)) throw new NotSegmentable(describe(verdict));
      previous = verdict;
      this.#doneSeconds -= this.#lengthOf(index);
      tempPath = await this.#encode(index, step + 1);
    }
  }

  async #encode(index: number, step: number): Promise<string> {
    const { context, source, film, encoding } = this.#work;
    const tempPath = join(context.workDir, `${segmentFileName(index)}.${context.task.attempt}.part`);
    await encodeSegment({
      source, film, encoding, tools: context.tools, signal: this.#signal, outputPath: tempPath, cwd: context.workDir, firstPts: this.#work.timeline.pts[0] ?? 0,
      segment: this.#segment(index),
      seekPts: this.#seekPts(index, step),
      onProgress: ({ outSeconds, speed }) => context.progress({
        current: Math.min(this.#totalSeconds, this.#doneSeconds + Math.min(outSeconds ?? 0, this.#lengthOf(index))),
        total: this.#totalSeconds,
        message: speed === null ? 'encoding' : `encoding, ${speed.toFixed(1)}x`,
      }),
    });
    this.#doneSeconds += this.#lengthOf(index);
    return tempPath;
  }

  async #judge(index: number, tempPath: string): Promise<Verdict> {
    const { context, film, timeline } = this.#work;
    const facts = await readPart(tempPath, context.tools, this.#signal);
    if (facts === null) return { kind: 'wrong', why: 'the part can\'t be opened' };
    if (this.#signature !== undefined && facts.signature !== this.#signature) return { kind: 'wrong', why: `the part does not fit the others (${facts.signature}, not ${this.#signature})` };
    const { fromPts, toPts } = this.#segment(index);
    const factor = (trackTimescale(film.timeBase) * film.timeBase.numerator) / film.timeBase.denominator;
    const lostPts = missingTimes(framesBetween(timeline, fromPts, toPts ?? Infinity), facts.pts, (pts) => (pts - fromPts) * factor);
    if (lostPts === null) return { kind: 'wrong', why: `${facts.pts.length} frames came out, with other times than the source's` };
    return lostPts.length === 0 ? { kind: 'exact', signature: facts.signature } : { kind: 'lossy', signature: facts.signature, lostPts };
  }

  /**
   * Missing frames are the source's own loss (damage that no decoder mends) and not the cut's, when decoding from further back misses the same
   * ones and the segment's first frame is there. Where there is nothing further back, there is no cut to blame.
   */
  #isLossOfSource(index: number, { lostPts }: { lostPts: readonly number[] }, previous: Verdict | undefined): boolean {
    if (index === 0) return this.#work.plan.segments.length === 1 || this.#isSmall(index, lostPts);
    if (previous?.kind !== 'lossy' || !this.#isSmall(index, lostPts)) return false;
    return lostPts[0] !== this.#segment(index).fromPts && lostPts.join() === previous.lostPts.join();
  }

  #isSmall(index: number, lostPts: readonly number[]): boolean {
    return lostPts.length <= this.#segment(index).frames * MAX_LOST_SHARE;
  }

  async #keep(index: number, tempPath: string, signature: string, lostPts: readonly number[]): Promise<void> {
    const { context, source } = this.#work;
    this.#signature ??= signature;
    const file = await keepFile(tempPath, join(context.workDir, segmentFileName(index)));
    const part: ConvertPart = { files: [file], signature, lostPts: [...lostPts], audioSeconds: 0, audioStartSeconds: null };
    await context.checkpoint.savePart(index, part);
    if (lostPts.length > 0) context.warn(`${displayName(source.path)} is damaged in places: ${lostPts.length} of its frames could not be decoded and are missing from the result.`);
  }

  /** Null: decode from the start. Filters that look at neighbours warm up on one keyframe's worth of frames more. */
  #seekPts(index: number, step: number): number | null {
    if (index === 0) return null;
    const warmUp = this.#work.encoding.picture.earlyFilters.length > 0 ? 1 : 0;
    return keyBefore(this.#work.timeline, this.#segment(index).fromPts, warmUp + (LADDER[step] ?? 0));
  }

  /** A higher step changes nothing where decoding already began at the start of the file. */
  #canStartEarlier(index: number, step: number): boolean {
    return this.#seekPts(index, step) !== null;
  }

  #segment(index: number): Segment {
    const segment = this.#work.plan.segments[index];
    if (segment === undefined) throw new TaskError('INTERNAL', `The plan has no segment ${index}. Retry the task; if it happens again, report it.`);
    return segment;
  }

  #lengthOf(index: number): number {
    const { fromPts, toPts } = this.#segment(index);
    return this.#seconds((toPts ?? this.#work.timeline.endPts) - fromPts);
  }

  #seconds(ticks: number): number {
    const { numerator, denominator } = this.#work.film.timeBase;
    return (ticks * numerator) / denominator;
  }
}

/** The first cut inside the film goes first: where cutting does not work, it shows before hours are spent. */
function interiorFirst(missing: readonly number[], isFresh: boolean): number[] {
  const interior = missing.find((index) => index > 0);
  if (!isFresh || interior === undefined) return [...missing];
  return [interior, ...missing.filter((index) => index !== interior)];
}

/** Source times that did not come out; null when something came out that the source does not have. Both lists ascend. */
function missingTimes(expected: Float64Array, actual: Float64Array, toPart: (pts: number) => number): number[] | null {
  const lost: number[] = [];
  let next = 0;
  for (const pts of expected) {
    if (actual[next] === toPart(pts)) next += 1;
    else lost.push(pts);
  }
  return next === actual.length ? lost : null;
}

function describe(verdict: Verdict): string {
  if (verdict.kind === 'wrong') return verdict.why;
  return verdict.kind === 'lossy' ? `${verdict.lostPts.length} frames are missing` : 'as planned';
}
