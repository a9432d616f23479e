// Debian packages, where this is a Debian and we may install.
import { findOnPath, run } from './run.mjs';

export function canUseApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && findOnPath('apt-get') !== undefined;
}

/** A download plus unpacking on a slow line; beyond it somebody should look. */
const INSTALL_LIMIT_MS = 15 * 60_000;
/** Another apt may be at work (a daily upgrade, a second set-up). */
const WAIT_FOR_LOCK = ['-o', 'DPkg::Lock::Timeout=300'];

/** Installs packages; resolves to undefined when done, else to apt's last lines. Package lists are fetched only where they are missing or stale. */
export async function aptInstall(packages, progress) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const install = () => {
    progress(`apt-get install ${packages.join(' ')}`);
    const onLine = (line) => /^(Get|Unpacking|Setting up)/.test(line) && progress(`apt-get install ${packages.join(' ')}: ${line.slice(0, 60)}`);
    return run('apt-get', ['install', '-y', '--no-install-recommends', ...WAIT_FOR_LOCK, ...packages], { env, timeoutMs: INSTALL_LIMIT_MS, onLine });
  };
  const first = await install();
  if (first.code === 0) return undefined;
  progress('apt-get update');
  // Its exit code says nothing here: one unreachable source of many makes it fail.
  await run('apt-get', ['update', ...WAIT_FOR_LOCK], { env, timeoutMs: INSTALL_LIMIT_MS });
  const second = await install();
  return second.code === 0 ? undefined : second.output;
}
