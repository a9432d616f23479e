/** What the server can do for a window beside the engine's methods: say what it is. The rest needs the user's own computer. */
import { join } from 'node:path';
import { TaskError } from '../../shared/errors.ts';
import type { HostApi, HostInfo } from '../../shared/host-contract.ts';

export interface ServeFacts {
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly resourcesDir: string;
  /** Tasks of an earlier run that this start took up again. */
  readonly recoveredTasks: number;
}

/** The host's methods as `serve` has them. */
export function createHostApi(facts: ServeFacts): HostApi {
  const info: HostInfo = {
    kind: 'serve', version: facts.version, platform: platformOf(facts.platform), samplePath: join(facts.resourcesDir, 'samples', 'longhaul-sample.mp4'), recoveredTasks: facts.recoveredTasks,
    can: { useFiles: false, keepPreferences: false, update: false },
  };
  const preferences = notHere('The preferences of the desktop app do not exist in a browser. The settings of the queue do.');
  const update = notHere('A browser can’t update Longhaul. Update it on the computer where it works.');
  return {
    getHost: () => Promise.resolve(info),
    chooseFiles: notHere('A browser can’t choose files on the computer where Longhaul works. Drop the files, or paste their paths.'),
    revealFile: notHere('A browser can’t open folders of the computer where Longhaul works. Download the file instead.'),
    openFile: notHere('A browser can’t start programs on the computer where Longhaul works. Download the file instead.'),
    getPreferences: preferences,
    setPreferences: preferences,
    cancelWhenDone: notHere('Longhaul in a browser never puts the computer to sleep, so there is nothing to stop.'),
    checkForUpdate: update,
    installUpdate: update,
  };
}

function notHere(message: string): () => Promise<never> {
  return () => Promise.reject(new TaskError('NOT_HERE', message));
}

function platformOf(platform: NodeJS.Platform): HostInfo['platform'] {
  return platform === 'win32' || platform === 'darwin' || platform === 'linux' ? platform : 'other';
}
