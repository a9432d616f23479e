/** The engine's settings. */
import { isAbsolute } from 'node:path';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { VerbParts } from './parts.ts';

export function createSettingVerbs(parts: VerbParts): Pick<EngineApi, 'setSetting' | 'getSettings'> {
  return {
    setSetting: async (input) => {
      const { name, value } = METHODS.setSetting.input.parse(input);
      if (name === 'outputDir' && value !== null && value !== '' && !isAbsolute(value)) throw new TaskError('USAGE', `${value} is not an absolute path.`);
      await parts.store.setSetting(name, value);
      parts.onSetting(name, value);
      parts.onWork();
      return {};
    },
    getSettings: () => Promise.resolve({ settings: parts.settings() }),
  };
}
