// One holder at a time among processes of one machine; a holder that died gives way.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a holder shows that it lives, and how long it may be silent: three missed signs and some slack for a stalled disk. */
const SIGN_EVERY_MS = 5_000;
const SILENT_AFTER_MS = 30_000;
const ASK_EVERY_MS = 250;

/** Runs work while holding the lock file; onWait(pid) is told while another process holds it. */
export async function withLock(path, work, onWait) {
  mkdirSync(dirname(path), { recursive: true });
  while (!tryLock(path)) {
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isGone(holder)) setAside(path, holder);
    else {
      onWait?.(holder.pid);
      await delay(ASK_EVERY_MS);
    }
  }
  const sign = setInterval(() => showSign(path), SIGN_EVERY_MS);
  sign.unref();
  try {
    return await work();
  } finally {
    clearInterval(sign);
    if (readHolder(path)?.pid === process.pid) rmSync(path, { force: true });
  }
}

/** Makes the file with its content in one step (link), so nobody ever reads a lock without its holder. */
function tryLock(path) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function showSign(path) {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Taken over after a long stop of this process; the work is safe for two, so it goes on.
  }
}

function readHolder(path) {
  try {
    return { pid: Number(readFileSync(path, 'utf8')), signAt: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

function isGone({ pid, signAt }) {
  if (Date.now() - signAt > SILENT_AFTER_MS) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Moves a dead holder's lock away. Where a new holder came in between, its lock is put back. */
function setAside(path, holder) {
  const aside = `${path}.gone-${process.pid}`;
  try {
    renameSync(path, aside);
    if (readHolder(aside)?.pid !== holder.pid) linkSync(aside, path);
  } catch {
    // Somebody else was faster; the next try sees what is there now.
  } finally {
    rmSync(aside, { force: true });
  }
}
