/** Watches one folder by its rule: looks, waits until files stand still, takes them. One step after the other, and none that holds this thread. */
import { realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { SeenFile, StoredWatchRule } from '../store/watch-operations.ts';
import type { LiveState } from './control.ts';
import { fileFilter, isWithin, type FileFilter } from './file-filter.ts';
import { listen, type Hints } from './hints.ts';
import { isRemote } from './is-remote.ts';
import { judgeFiles, withoutOwn, type Judged } from './judge.ts';
import { openForWriting } from './open-for-writing.ts';
import type { WatchParts } from './parts.ts';
import { isFolder, markOf, scan, seeFile, seeFiles } from './scan.ts';
import { Settling } from './settling.ts';
import { treatSource } from './sources-after.ts';
import { fitting, outputDirOf, take, TAKE_PORTION } from './take.ts';

/** Where events are heard, a whole look is only for what they missed. */
const RESCAN_MS = 600_000;
/** A look may take this part of the time at most. */
const SCAN_SHARE = 1 / 10;
/** Soon after listening to folders began: what came between the look and the first event. */
const SECOND_SCAN_MS = 5_000;
/** The same for folders that came with a hint: a look at these, and somewhat later one at everything, as a busy machine begins late. */
const FRESH_MS = 3_000;
const AFTER_FRESH_MS = 60_000;
/** A folder that is gone, or changes its disk under its name, is looked for so often. */
const ROOT_MS = 10_000;
/** Hints come in swarms. */
const HINT_MS = 250;
/** More of them are a reason to look at everything. */
const MOST_HINTS = 2_000;
/** After something went wrong, the next try. */
const RETRY_MS = 30_000;
const AFTER_MS = 5_000;
const SOURCES_PORTION = 50;
const MISSING_PORTION = 500;
/** Files whose refusal is remembered; others are asked again at each look. */
const MOST_PASSED_OVER = 20_000;
/** Between two questions who writes what. */
const OPEN_PORTION = 1_000;

type Timer = 'scan' | 'settle' | 'hints' | 'fresh' | 'root' | 'after';

export class RuleWatcher {
  readonly #rule: StoredWatchRule;
  readonly #parts: WatchParts;
  readonly #inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #abort = new AbortController();
  readonly #timers = new Map<Timer, () => void>();
  readonly #passedOver = new Map<string, string>();
  readonly #hinted = new Set<string>();
  /** Folders that are listened to since a moment ago. */
  readonly #freshDirs = new Set<string>();
  readonly #ready: Judged['fresh'][number][] = [];
  readonly #settling: Settling;
  #hints: Hints | null = null;
  #hasNoEvents = false;
  #root: string | null = null;
  #nextScanMs = Number.POSITIVE_INFINITY;
  #scanTookMs = 0;
  #state: LiveState = { status: 'scanning', by: null, files: null, lastScanAt: null, waiting: 0, passedOver: 0, problem: null };
  #working: Promise<void> = Promise.resolve();

  /** inTurn: bounds how many rules work at a time. */
  constructor(rule: StoredWatchRule, parts: WatchParts, inTurn: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#rule = rule;
    this.#parts = parts;
    this.#inTurn = inTurn;
    this.#settling = new Settling(this.#settleMs);
  }

  get state(): LiveState {
    return { ...this.#state, waiting: this.#settling.size, passedOver: this.#passedOver.size };
  }

  /** Looks at everything, now. */
  scan(): void {
    this.#timers.get('scan')?.();
    this.#enqueue(() => this.#scan());
  }

  async close(): Promise<void> {
    this.#abort.abort(new TaskError('STOPPED', 'The folder is not watched any more.'));
    for (const cancel of this.#timers.values()) cancel();
    await this.#working;
    await this.#hints?.close();
  }

  #enqueue(step: () => Promise<void>): void {
    this.#working = this.#working.then(async () => {
      if (this.#abort.signal.aborted) return;
      try {
        await this.#inTurn(step);
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        this.#tell({ problem: TaskError.from(error).toShape(), ...(this.#state.status === 'scanning' ? { status: 'watching' } : {}) });
        this.#after('scan', RETRY_MS, () => this.#scan());
      }
    });
  }

  #after(timer: Timer, delayMs: number, step: () => Promise<void>): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
    if (this.#abort.signal.aborted) return;
    this.#timers.set(timer, this.#parts.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#enqueue(step);
    }));
  }

  #tell(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#parts.onState();
  }

  async #scan(): Promise<void> {
    const { folder } = this.#rule.body;
    const root = await rootOf(folder);
    if (root === null) return await this.#lose();
    const filter = this.#filter();
    const startMs = this.#parts.clock.monotonicMs();
    const by = await this.#way();
    await this.#listen(by, root);
    this.#tell({ status: 'scanning', by });
    let [files, newDirs] = [0, 0];
    let problem: LiveState['problem'] = null;
    try {
      for await (const { paths, dirs, unreadable } of scan(folder, filter)) {
        this.#abort.signal.throwIfAborted();
        newDirs += this.#hints?.add(dirs) ?? 0;
        files += paths.length;
        if (unreadable[0] !== undefined) problem = new TaskError('INPUT_UNREADABLE', `The folder ${unreadable[0]} can't be opened. Allow reading it, or exclude it.`).toShape();
        await this.#look(paths);
      }
    } catch (error) {
      if ((await rootOf(folder)) === null) return await this.#lose();
      throw error;
    }
    if (this.#settling.size > 0) this.#after('settle', this.#settleMs, () => this.#lookAgain());
    await this.#takeReady();
    await this.#retryMissing();
    await this.#treatSources();
    this.#scanTookMs = this.#parts.clock.monotonicMs() - startMs;
    this.#tell({ status: 'watching', files, lastScanAt: this.#parts.clock.now(), problem });
    this.#nextScanMs = Number.POSITIVE_INFINITY;
    this.#scanWithin(by === 'polling' ? this.#rule.body.pollSeconds * 1000 : newDirs > 0 ? SECOND_SCAN_MS : RESCAN_MS);
    if (by === 'events') this.#after('root', ROOT_MS, () => this.#checkRoot());
  }

  /** At the latest after this time, but never so soon that looking is all it does. */
  #scanWithin(delayMs: number): void {
    const waitMs = Math.max(delayMs, this.#scanTookMs / SCAN_SHARE);
    const atMs = this.#parts.clock.monotonicMs() + waitMs;
    if (atMs >= this.#nextScanMs) return;
    this.#nextScanMs = atMs;
    this.#after('scan', waitMs, () => this.#scan());
  }

  /** Says that the folder is gone, and waits for it. What was taken stays taken. */
  async #lose(): Promise<void> {
    await this.#hints?.close();
    this.#hints = null;
    this.#root = null;
    this.#tell({ status: 'missing', by: null, problem: new TaskError('INPUT_MISSING', `The folder ${this.#rule.body.folder} is not there. Connect its disk or share; Longhaul goes on by itself.`).toShape() });
    this.#after('scan', Math.min(ROOT_MS, this.#rule.body.pollSeconds * 1000), () => this.#scan());
  }

  #filter(): FileFilter {
    const { output, after } = this.#rule.body;
    return fileFilter(this.#rule.body, [this.#parts.dataDir, ...(output.place === 'beside' ? [] : [output.path]), ...(after.kind === 'move' ? [after.folder] : [])]);
  }

  async #way(): Promise<'events' | 'polling'> {
    const { look, folder } = this.#rule.body;
    if (look === 'polling' || this.#hasNoEvents) return 'polling';
    return look === 'auto' && (await isRemote(folder)) ? 'polling' : 'events';
  }

  async #listen(by: 'events' | 'polling', root: string): Promise<void> {
    const isOther = this.#root !== root;
    this.#root = root;
    if (this.#hints !== null && (isOther || by === 'polling')) {
      await this.#hints.close();
      this.#hints = null;
    }
    if (by === 'polling' || this.#hints !== null) return;
    const fail = (why: string): void => this.#fallBack(why);
    this.#hints = await listen({ folder: this.#rule.body.folder, dirs: [], onHint: (path) => this.#hint(path), onFailure: fail }).catch((error: unknown) => {
      fail(String(error));
      return null;
    });
  }

  /** The system gives no (more) events: looking again and again does it too. */
  #fallBack(why: string): void {
    if (this.#hasNoEvents || this.#abort.signal.aborted) return;
    this.#hasNoEvents = true;
    console.error(`${this.#rule.body.folder} is polled, as it can't be listened to: ${why}`);
    this.scan();
  }

  #hint(path: string): void {
    if (this.#hinted.size < MOST_HINTS) this.#hinted.add(path);
    if (!this.#timers.has('hints')) this.#after('hints', HINT_MS, () => this.#lookAtHints());
  }

  async #lookAtHints(): Promise<void> {
    const hinted = [...this.#hinted];
    this.#hinted.clear();
    if (hinted.length >= MOST_HINTS) return await this.#scan();
    const filter = this.#filter();
    const paths: string[] = [];
    for (const path of hinted) {
      if (filter.accepts(path)) paths.push(path);
      if (path !== this.#rule.body.folder && filter.enters(path) && (await isFolder(path))) await this.#scanBelow(path, filter);
    }
    for (let from = 0; from < paths.length; from += TAKE_PORTION) await this.#look(paths.slice(from, from + TAKE_PORTION));
    await this.#takeReady();
    this.#tell({});
  }

  /** A folder that came with its files: no event tells of those. */
  async #scanBelow(dir: string, filter: FileFilter): Promise<void> {
    for await (const { paths, dirs } of scan(dir, filter)) {
      if ((this.#hints?.add(dirs) ?? 0) > 0) for (const one of dirs) this.#freshDirs.add(one);
      await this.#look(paths);
    }
    if (this.#freshDirs.size === 0) return;
    if (!this.#timers.has('fresh')) this.#after('fresh', FRESH_MS, () => this.#lookAtFresh());
    this.#scanWithin(AFTER_FRESH_MS);
  }

  async #lookAtFresh(): Promise<void> {
    const dirs = [...this.#freshDirs];
    this.#freshDirs.clear();
    const filter = this.#filter();
    for (const dir of dirs) if (await isFolder(dir)) await this.#scanBelow(dir, filter);
    await this.#takeReady();
  }

  async #checkRoot(): Promise<void> {
    const root = await rootOf(this.#rule.body.folder);
    if (root !== this.#root) return await this.#scan();
    this.#after('root', ROOT_MS, () => this.#checkRoot());
  }

  /** Those that stand still since an earlier look get ready to be taken. */
  async #look(paths: readonly string[]): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const { store, clock } = this.#parts;
    const seen = await seeFiles(paths);
    this.#forgetGone(paths, seen);
    const { fresh, moved } = await judgeFiles(store, this.#taker, seen.filter((file) => this.#passedOver.get(file.path) !== markOf(file)));
    await this.#follow(moved);
    const isFresh = new Set(fresh.map(({ file }) => file.path));
    for (const { path } of seen) if (!isFresh.has(path)) this.#settling.forget(path);
    const nowMs = clock.monotonicMs();
    this.#ready.push(...fresh.filter(({ file }) => this.#settling.look(file, nowMs)));
    if (this.#settling.size > 0 && !this.#timers.has('settle')) this.#after('settle', this.#settleMs, () => this.#lookAgain());
  }

  #forgetGone(paths: readonly string[], seen: readonly SeenFile[]): void {
    if (seen.length === paths.length) return;
    const there = new Set(seen.map(({ path }) => path));
    for (const path of paths) {
      if (there.has(path)) continue;
      this.#settling.forget(path);
      this.#passedOver.delete(path);
    }
  }

  async #lookAgain(): Promise<void> {
    const paths = this.#settling.paths();
    for (let from = 0; from < paths.length; from += TAKE_PORTION) {
      await this.#look(paths.slice(from, from + TAKE_PORTION));
    }
    await this.#takeReady();
    this.#tell({});
    if (this.#settling.size > 0 && !this.#timers.has('settle')) this.#after('settle', this.#settleMs, () => this.#lookAgain());
  }

  async #takeReady(): Promise<void> {
    while (this.#ready.length > 0) {
      const some = this.#ready.splice(0, OPEN_PORTION);
      const closed = await this.#notOpen(some);
      for (let from = 0; from < closed.length; from += TAKE_PORTION) await this.#take(closed.slice(from, from + TAKE_PORTION));
    }
  }

  /** A copy that stands still because its program does is still being written. */
  async #notOpen(fresh: Judged['fresh']): Promise<Judged['fresh']> {
    const { folder } = this.#rule.body;
    const real = await realpath(folder).catch(() => folder);
    const open = await openForWriting(real);
    if (open.size === 0) return fresh;
    const nowMs = this.#parts.clock.monotonicMs();
    return fresh.filter(({ file }) => {
      const isOpen = isWithin(file.path, folder) && open.has(join(real, relative(folder, file.path)));
      if (isOpen) this.#settling.delay(file, nowMs);
      return !isOpen;
    });
  }

  async #take(fresh: Judged['fresh']): Promise<void> {
    this.#abort.signal.throwIfAborted();
    const others = await withoutOwn(this.#parts.store, this.#taker, fresh, this.#abort.signal);
    const { fit, unfit } = await fitting(this.#rule, this.#parts, others);
    await take(this.#rule, this.#parts, fit);
    for (const { file } of fresh) this.#settling.forget(file.path);
    for (const file of unfit) if (this.#passedOver.size < MOST_PASSED_OVER) this.#passedOver.set(file.path, markOf(file));
    if (fit.length > 0 && this.#rule.body.after.kind !== 'leave') this.#after('after', AFTER_MS, () => this.#treatSources());
    this.#tell({ problem: null });
  }

  async #follow(moved: Judged['moved']): Promise<void> {
    if (moved.length === 0) return;
    const files = await Promise.all(moved.map(async ({ file, takenId, from }) => {
      const old = await seeFile(from);
      return { file, takenId, isOldGone: old === null || old.identity !== file.identity, outputDir: this.#rule.body.output.place === 'folder' ? null : outputDirOf(this.#rule.body, file.path) };
    }));
    this.#parts.onChanged(await this.#parts.store.followFiles(this.#taker, files, this.#parts.clock.now()));
  }

  /** Tasks that failed while the folder was gone, or their file was elsewhere. */
  async #retryMissing(): Promise<void> {
    const { store, clock, onChanged } = this.#parts;
    const failed = await store.missingSources(this.#rule.id, MISSING_PORTION);
    const back = (await Promise.all(failed.map(async ({ id, path }) => ((await seeFile(path)) === null ? [] : [id])))).flat();
    if (back.length > 0) onChanged((await store.retry(back, clock.now())).map(({ task }) => task.id));
  }

  async #treatSources(): Promise<void> {
    const { store } = this.#parts;
    const { after } = this.#rule.body;
    if (after.kind === 'leave' || !(await store.hasUnfinishedSources(this.#rule.id))) return;
    for (const source of await store.finishedSources(this.#rule.id, SOURCES_PORTION)) {
      this.#abort.signal.throwIfAborted();
      try {
        await treatSource(source, after);
        await store.settleSource(source.takenId, 'done');
      } catch (error) {
        await store.settleSource(source.takenId, 'failed');
        this.#tell({ problem: TaskError.from(error).toShape() });
      }
    }
    this.#after('after', AFTER_MS, () => this.#treatSources());
  }

  get #settleMs(): number {
    return this.#rule.body.settleSeconds * 1000;
  }

  get #taker() {
    return { kind: 'rule', id: this.#rule.id } as const;
  }
}

/** Names the folder that is there; null: none is. Another disk under the same name is another one. */
async function rootOf(folder: string): Promise<string | null> {
  return stat(folder).then((found) => (found.isDirectory() ? `${String(found.dev)}:${String(found.ino)}` : null), () => null);
}
