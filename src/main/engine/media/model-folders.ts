/** Where models may already lie on this machine: Longhaul's folders, whisper.cpp's, other programs', the Hugging Face cache. */
import { delimiter, join } from 'node:path';

export interface ModelFolder {
  /** Absolute. */
  readonly path: string;
  /** What people know it by: `Longhaul`, `LONGHAUL_MODELS`, `bundled`, `Buzz`, …. */
  readonly owner: string;
  /** Levels of folders below that are searched too. */
  readonly depth: number;
}

/** The machine as it is asked, so that tests can ask about another. */
export interface ModelSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** Longhaul's own: `models add` puts them there. */
  readonly modelsDir: string;
  readonly bundledModelsDir: string;
}

/** Cache folders of the hub hold models--OWNER--NAME/snapshots/REVISION/FILE. */
const HUB_DEPTH = 3;

/** In order of preference for the same model. Folders need not exist. */
export function modelFolders(surroundings: ModelSurroundings): ModelFolder[] {
  const { env, modelsDir, bundledModelsDir } = surroundings;
  const chosen = (env['LONGHAUL_MODELS'] ?? '').split(delimiter).filter((path) => path !== '');
  return [
    { path: modelsDir, owner: 'Longhaul', depth: 0 },
    ...chosen.map((path) => ({ path, owner: 'LONGHAUL_MODELS', depth: 1 })),
    { path: bundledModelsDir, owner: 'bundled', depth: 0 },
    ...whisperCppFolders(surroundings),
    ...appFolders(surroundings),
    ...hubFolders(surroundings),
  ];
}

function whisperCppFolders({ homeDir, platform }: ModelSurroundings): ModelFolder[] {
  const clones = ['whisper.cpp', join('src', 'whisper.cpp'), join('git', 'whisper.cpp'), join('Projects', 'whisper.cpp'), join('Documents', 'whisper.cpp')];
  const shared = platform === 'win32' ? [] : ['/usr/share/whisper.cpp/models', '/usr/local/share/whisper.cpp/models', '/usr/share/whisper.cpp-models', '/opt/homebrew/share/whisper-cpp', '/usr/local/share/whisper-cpp'];
  return [
    ...clones.map((clone) => join(homeDir, clone, 'models')),
    join(homeDir, '.cache', 'whisper.cpp'),
    join(homeDir, '.local', 'share', 'whisper.cpp', 'models'),
    join(homeDir, 'whisper-models'),
    ...shared,
  ].map((path) => ({ path, owner: 'whisper.cpp', depth: 0 }));
}

/** Where each platform's programs keep data, settings that roam, and caches. */
function bases({ env, platform, homeDir }: ModelSurroundings): { data: string; roaming: string; cache: string } {
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? join(homeDir, 'AppData', 'Local');
    return { data: local, roaming: env['APPDATA'] ?? join(homeDir, 'AppData', 'Roaming'), cache: local };
  }
  if (platform === 'darwin') {
    const support = join(homeDir, 'Library', 'Application Support');
    return { data: support, roaming: support, cache: join(homeDir, 'Library', 'Caches') };
  }
  return {
    data: env['XDG_DATA_HOME'] ?? join(homeDir, '.local', 'share'),
    roaming: env['XDG_CONFIG_HOME'] ?? join(homeDir, '.config'),
    cache: env['XDG_CACHE_HOME'] ?? join(homeDir, '.cache'),
  };
}

/** Programs that use whisper.cpp's files, with the folders that their own documents and sources name. */
function appFolders(surroundings: ModelSurroundings): ModelFolder[] {
  const { platform, homeDir } = surroundings;
  const { data, roaming, cache } = bases(surroundings);
  const folders: ModelFolder[] = [
    { owner: 'Buzz', path: platform === 'win32' ? join(cache, 'Buzz', 'Buzz', 'Cache') : join(cache, 'Buzz'), depth: HUB_DEPTH + 1 },
    { owner: 'Vibe', path: join(data, 'github.com.thewh1teagle.vibe'), depth: 0 },
    { owner: 'Handy', path: join(platform === 'win32' ? roaming : data, 'com.pais.handy', 'models'), depth: 0 },
    { owner: 'OpenWhispr', path: join(homeDir, '.cache', 'openwhispr', 'whisper-models'), depth: 0 },
    { owner: 'Subtitle Edit', path: join(roaming, 'Subtitle Edit', 'Whisper', 'Cpp', 'Models'), depth: 0 },
    { owner: 'nodejs-whisper', path: join(homeDir, 'node_modules', 'nodejs-whisper', 'cpp', 'whisper.cpp', 'models'), depth: 0 },
    { owner: 'whisper-node', path: join(homeDir, 'node_modules', 'whisper-node', 'lib', 'whisper.cpp', 'models'), depth: 0 },
  ];
  if (platform !== 'darwin') return folders;
  return [
    ...folders,
    { owner: 'MacWhisper', path: join(data, 'MacWhisper', 'models'), depth: 1 },
    { owner: 'MacWhisper', path: join(homeDir, 'Library', 'Containers', 'com.goodsnooze.MacWhisper', 'Data', 'Library', 'Application Support', 'MacWhisper', 'models'), depth: 1 },
    { owner: 'superwhisper', path: join(data, 'superwhisper'), depth: 0 },
    { owner: 'VoiceInk', path: join(data, 'com.prakashjoshipax.VoiceInk', 'WhisperModels'), depth: 0 },
  ];
}

/** huggingface_hub's rules for its cache folder. */
function hubFolders({ env, homeDir }: ModelSurroundings): ModelFolder[] {
  const home = env['HF_HOME'] ?? join(env['XDG_CACHE_HOME'] ?? join(homeDir, '.cache'), 'huggingface');
  const hubs = [env['HF_HUB_CACHE'], env['HUGGINGFACE_HUB_CACHE'], join(home, 'hub')].filter((path) => path !== undefined && path !== '');
  return [...new Set(hubs)].flatMap((path) => (path === undefined ? [] : [{ path, owner: 'Hugging Face cache', depth: HUB_DEPTH }]));
}
