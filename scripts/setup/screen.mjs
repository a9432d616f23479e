// Whether a window can be opened on this machine at all.

/** One sentence that says why not; undefined: nothing is in the way. */
export function obstacleHere({ platform = process.platform, env = process.env, userId = process.getuid?.() } = {}) {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set).';
  // Chromium refuses, and the way around would be to do without its sandbox.
  if (userId === 0) return 'The app does not run as root, which would take its sandbox away.';
  return undefined;
}
