/** The engine's settings as the shell needs them: at once, kept current, and before the engine is open as they last were. */
import type { EngineApi, EngineEvent } from '../../shared/contract.ts';
import { resolveSettings, type Settings } from '../../shared/settings.ts';
import type { Memory } from './memory.ts';

export interface SettingsWatch {
  readonly current: Settings;
  /** Called at every change. */
  onChange(listener: (settings: Settings) => void): void;
}

interface Watched {
  readonly api: Pick<EngineApi, 'getSettings'>;
  on(listener: (event: EngineEvent) => void): unknown;
}

export function watchSettings(engine: Watched, memory: Pick<Memory, 'appearance' | 'setAppearance'>): SettingsWatch {
  const listeners: ((settings: Settings) => void)[] = [];
  let current = resolveSettings(memory.appearance());

  const look = async (): Promise<void> => {
    const answer = await engine.api.getSettings({}).catch(() => null);
    // The engine is closing, or another process' engine is gone: a later event tells more.
    if (answer === null) return;
    const { settings } = answer;
    current = resolveSettings(settings);
    memory.setAppearance({ theme: themeOf(current.theme), language: languageOf(current.language) });
    for (const listener of listeners) listener(current);
  };
  engine.on((event) => { if (event.kind === 'settings') void look(); });
  void look();
  return { get current() { return current; }, onChange: (listener) => { listeners.push(listener); } };
}

/** Settings travel as text; these two are known to be of their lists by now. */
export function themeOf(text: string): 'system' | 'light' | 'dark' {
  return text === 'light' || text === 'dark' ? text : 'system';
}

export function languageOf(text: string): 'system' | 'en' | 'zh-CN' {
  return text === 'en' || text === 'zh-CN' ? text : 'system';
}
