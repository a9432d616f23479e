/** How hot the machine is, by the kernel's thermal zones (docs.kernel.org: Documentation/ABI/testing/sysfs-class-thermal). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** warm: a zone has passed the point at which the kernel itself slows the machine. hot: one is close to where it is turned off. */
export const HEATS = ['cool', 'warm', 'hot'] as const;
export type Heat = (typeof HEATS)[number];

/** Where the kernel shows its zones. */
export const THERMAL_DIR = '/sys/class/thermal';
/** A zone counts as hot this close below its critical point. */
const CRITICAL_MARGIN_C = 5;
/** What was passed counts as passed until it is this much cooler: else work would start and stop by the minute. */
const HYSTERESIS_C = 5;
/** Firmware fills trip points that it does not use with nonsense (0, -274, 20.8, 255). */
const SENSIBLE_C = { min: 45, max: 130 } as const;

interface Zone {
  readonly celsius: number;
  readonly warmAtC: number;
  readonly hotAtC: number;
}

/** The hottest zone decides. before: what it was at the last look. Machines that show no zone are cool. */
export async function readHeat(before: Heat, thermalDir = THERMAL_DIR): Promise<Heat> {
  const names = await readdir(thermalDir).catch(() => []);
  const zones = await Promise.all(names.filter((name) => /^thermal_zone\d+$/.test(name)).map((name) => readZone(join(thermalDir, name))));
  return heatOf(zones.filter((zone) => zone !== null), before);
}

function heatOf(zones: readonly Zone[], before: Heat): Heat {
  const margin = (isPassed: boolean): number => (isPassed ? HYSTERESIS_C : 0);
  if (zones.some(({ celsius, hotAtC }) => celsius >= hotAtC - margin(before === 'hot'))) return 'hot';
  return zones.some(({ celsius, warmAtC }) => celsius >= warmAtC - margin(before !== 'cool')) ? 'warm' : 'cool';
}

async function readZone(folder: string): Promise<Zone | null> {
  const read = async (name: string): Promise<string> => (await readFile(join(folder, name), 'utf8').catch(() => '')).trim();
  const celsius = millidegrees(await read('temp'));
  if (celsius === null || (await read('mode')) === 'disabled') return null;
  const points = (await readdir(folder).catch(() => [])).map((name) => /^trip_point_(\d+)_type$/.exec(name)?.[1]).filter((number) => number !== undefined);
  const trips = await Promise.all(points.map(async (number) => ({ type: await read(`trip_point_${number}_type`), celsius: millidegrees(await read(`trip_point_${number}_temp`)) })));
  const lowest = (type: string, marginC = 0): number => Math.min(Infinity, ...trips.map((trip) => (trip.type === type && isSensible(trip.celsius) ? trip.celsius - marginC : Infinity)));
  return { celsius, warmAtC: lowest('passive'), hotAtC: Math.min(lowest('hot'), lowest('critical', CRITICAL_MARGIN_C)) };
}

function millidegrees(text: string): number | null {
  return /^-?\d+$/.test(text) ? Number(text) / 1000 : null;
}

function isSensible(celsius: number | null): celsius is number {
  return celsius !== null && celsius >= SENSIBLE_C.min && celsius <= SENSIBLE_C.max;
}
