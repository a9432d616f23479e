/** The words for what the system draws, in the language of the moment. */
import { app } from 'electron/main';
import { languageOf, type SettingsWatch } from './settings-watch.ts';
import { textsFor, type Texts } from './texts.ts';

export function systemTexts(settings: SettingsWatch): () => Texts {
  return () => textsFor(languageOf(settings.current.language), app.getLocale());
}
