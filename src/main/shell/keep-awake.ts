/** Keeps the machine from going to sleep while tasks run; the screen may still go dark. */
import { powerSaveBlocker } from 'electron/main';
import { holdProgram } from './program.ts';

/** Call the result with whether work runs. */
export function keepAwake(): (isWorking: boolean) => void {
  let release: (() => void) | null = null;
  return (isWorking) => {
    if (isWorking) release ??= hold();
    else {
      release?.();
      release = null;
    }
  };
}

function hold(): () => void {
  const id = powerSaveBlocker.start('prevent-app-suspension');
  // Chromium reaches only GNOME and the old power management on Linux, and is silent elsewhere. Where both work, both hold.
  const letGo = process.platform === 'linux' ? holdProgram('systemd-inhibit', INHIBIT, sayOnce) : () => undefined;
  return () => {
    powerSaveBlocker.stop(id);
    letGo();
  };
}

/** cat ends when its input does, and the inhibitor with it: it can't outlive this process. */
const INHIBIT = ['--what=sleep', '--who=Longhaul', '--why=Tasks are running', '--mode=block', 'cat'];

let wasSaid = false;

function sayOnce(why: string): void {
  if (!wasSaid) console.info(`systemd-inhibit can't keep this machine awake (${why}); only the desktop's own way is left.`);
  wasSaid = true;
}
