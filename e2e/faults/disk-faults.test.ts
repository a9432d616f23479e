/**
 * Disks that are full, write-protected, failing and gone, for the queue, the parts in work and the outputs. Work goes on where it can, what stands
 * under a final name is whole, the error names the place and the cure, and when the disk is well again the work goes on by itself or after a retry.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskErrorShape } from '../../src/shared/errors.ts';
import { MemoryDisk, whyNoMounts } from './support/disks.ts';
import { compileShim, ERRNO, Shim, whyNoCompiler } from './support/native.ts';
import { countOf } from './support/random.ts';
import { report, reportSkipped } from './support/report.ts';
import { allTasks, bundle, Rig, until, untilIdle, type RunningEngine } from './support/rig.ts';
import { wholeContent } from './support/script.ts';
import { judge } from './support/verdict.ts';

const REPEATS = countOf('DISK_REPEATS', 1);
/** Longer than the first pauses before a repetition, shorter than a lease. */
const FAULT_MS = 1_200;
/** Pauses and retries come sooner: for the engine a second lasts a quarter. */
const SPEED = 4;

const PLACES = ['store', 'temp', 'output'] as const;
type Place = (typeof PLACES)[number];
const FAULTS = ['full', 'write-protected', 'failing', 'gone'] as const;
type Fault = (typeof FAULTS)[number];

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

/** Each place on a disk of its own. */
class Site {
  readonly rig: Rig;
  readonly shim: Shim;
  readonly #disks: Record<Place, MemoryDisk>;
  readonly #place: Place;
  readonly #base: string;

  constructor(place: Place) {
    this.#base = mkdtempSync(join(tmpdir(), 'longhaul-disks-'));
    const dirs = { store: join(this.#base, 'data-disk'), temp: join(this.#base, 'data-disk', 'data', 'work'), output: join(this.#base, 'out-disk') };
    const store = new MemoryDisk(24, dirs.store);
    mkdirSync(dirs.temp, { recursive: true });
    this.#disks = { store, temp: new MemoryDisk(16, dirs.temp), output: new MemoryDisk(16, dirs.output) };
    this.#place = place;
    this.rig = new Rig({ code: code.scripted, dataDir: join(dirs.store, 'data'), outDir: join(dirs.output, 'out'), speed: SPEED });
    // Of the store its database alone: the work folder below it is another place.
    const prefix = place === 'store' ? join(dirs.store, 'data', 'longhaul.db') : dirs[place];
    this.shim = new Shim(compileShim(this.rig.dir), join(this.rig.dir, 'control'), { prefix });
  }

  async make(fault: Fault): Promise<void> {
    const disk = this.#disks[this.#place];
    switch (fault) {
      case 'full':
        return disk.fill();
      case 'write-protected':
        // Files of the queue stay open for writing, which the kernel lets nobody protect: what it would answer comes from the shim.
        return this.#place === 'store' ? this.shim.failWrites(ERRNO.EROFS) : disk.setReadOnly(true);
      case 'failing':
        return this.shim.failWrites(ERRNO.EIO);
      case 'gone':
        // Whoever has a file open on a disk that was pulled out reads and writes EIO.
        if (this.#place !== 'store') return disk.vanish();
        this.shim.failReads(ERRNO.EIO);
        return this.shim.failWrites(ERRNO.EIO);
    }
  }

  async mend(fault: Fault): Promise<void> {
    const disk = this.#disks[this.#place];
    this.shim.failReads(0);
    this.shim.failWrites(0);
    if (fault === 'full') disk.free();
    if (fault === 'write-protected' && this.#place !== 'store') await disk.setReadOnly(false);
    if (fault === 'gone' && this.#place !== 'store') disk.comeBack();
  }

  async remove(): Promise<void> {
    await this.rig.stop();
    for (const place of ['temp', 'store', 'output'] as const) await this.#disks[place].remove();
    await this.rig.leave();
    rmSync(this.#base, { recursive: true, force: true });
  }
}

for (const place of PLACES) {
  describe(`the disk of the ${place}`, () => {
    for (const fault of FAULTS) {
      it(`is ${fault} for a while`, async ({ skip }) => {
        const test = `${place} ${fault}`;
        const reason = whyNoMounts() ?? whyNoCompiler();
        if (reason === null) return sufferOften(test, place, fault);
        reportSkipped('disks', test, reason);
        skip(reason);
      }, 600_000);
    }
  });
}

async function sufferOften(test: string, place: Place, fault: Fault): Promise<void> {
  const sum = { runs: REPEATS, lost: 0, doubled: 0, overlapping: 0, halfWritten: 0, redone: 0 };
  const recoveryMs: number[] = [];
  const notes = new Set<string>();
  for (let run = 0; run < REPEATS; run += 1) {
    const found = await suffer(place, fault);
    for (const name of ['lost', 'doubled', 'overlapping', 'halfWritten', 'redone'] as const) sum[name] += found[name];
    recoveryMs.push(found.recoveryMs);
    found.notes.forEach((note) => notes.add(note));
  }
  report('disks', test, { ...sum, recoveryMs, note: [...notes].join('; ') });
}

async function suffer(place: Place, fault: Fault) {
  const site = new Site(place);
  const { rig } = site;
  try {
    await rig.ignoreFreeSpace();
    const engine = await rig.start(site.shim.env).opened();
    const { api } = await engine.client();
    const tasks = await rig.add(api, 6, { parts: 4, partMs: 120, partBytes: 50_000 });
    await until('work is under way', async () => (await api.listTasks({ status: ['running'] })).total > 0);
    await site.make(fault);
    await wait(FAULT_MS);
    expect(engine.hasEnded, `the engine ended: ${engine.stderr}`).toBe(false);
    const complaints = await complaintsOf(engine, api, tasks.map(({ id }) => id));
    const halfWritten = fault === 'gone' ? 0 : partialOutputs(rig);
    await site.mend(fault);
    const mendedAt = performance.now();
    const retried = await untilDone(api);
    const recoveryMs = performance.now() - mendedAt;
    await engine.close();
    const again = await rig.start().opened();
    const verdict = judge(rig, await allTasks((await again.client()).api));
    await again.close();
    if (verdict.faults.some((what) => !what.startsWith('redone'))) console.log(verdict.faults.join('\n'));
    judgeComplaints(complaints, place, fault);
    return { ...verdict, halfWritten: verdict.halfWritten + halfWritten, recoveryMs, notes: [...new Set(complaints.map(({ code: name, message }) => `${name}: ${message.replaceAll(rig.outDir, 'OUT').replaceAll(rig.dataDir, 'DATA').replaceAll(/-\d+-\d+-\d+\.part/g, '….part').replaceAll(/(work\/|\.longhaul-)[0-9a-f]{8}(-\d+)?/g, '$1…')}`)), ...(retried > 0 ? [`${retried} retried by hand`] : [])] };
  } finally {
    await site.remove();
  }
}

/** What the user was told meanwhile. */
async function complaintsOf(engine: RunningEngine, api: Parameters<typeof allTasks>[0], ids: readonly number[]): Promise<TaskErrorShape[]> {
  const told = engine.troubles.filter((trouble) => trouble !== null);
  // A queue that can't be read answers nobody; it has said so.
  const tasks = await api.listTasks({ ids: [...ids] }).then((answer) => answer.tasks, () => []);
  return [...told, ...tasks.flatMap(({ error, lastError }) => [error, lastError]).filter((error) => error !== null)];
}

/** A cure is a sentence that asks for something; the place is a path, or the queue by its name. */
function judgeComplaints(complaints: readonly TaskErrorShape[], place: Place, fault: Fault): void {
  for (const { message, code: name } of complaints) {
    expect(name, message).not.toBe('INTERNAL');
    expect(message).toMatch(place === 'store' ? /queue/ : /\/|the queue/);
    expect(message).toMatch(/\. (Free|Check|Choose|Put|Change|Connect|Restart|Start|Move)/);
  }
  // A folder for parts that is gone is made anew where it was: nobody needs to be told.
  if (place !== 'temp' || fault !== 'gone') expect(complaints.length, 'nobody was told').toBeGreaterThan(0);
}

/** Outputs under a final name that are not whole. */
function partialOutputs(rig: Rig): number {
  if (!existsSync(rig.outDir)) return 0;
  const whole = new Map([...rig.asked.values()].map((script) => [`${script.name}.out`, wholeContent(script)]));
  return readdirSync(rig.outDir).filter((name) => !name.startsWith('.') && whole.get(name)?.equals(readFileSync(join(rig.outDir, name))) !== true).length;
}

/** By itself, or where a task has failed by a retry as its error asks for; how many needed that. */
async function untilDone(api: Parameters<typeof allTasks>[0]): Promise<number> {
  await untilIdle(api, 30_000);
  const { tasks } = await api.listTasks({ status: ['failed'], limit: 1_000 });
  if (tasks.length === 0) return 0;
  await api.retryTasks({ ids: tasks.map(({ id }) => id) });
  await untilIdle(api);
  return tasks.length;
}
