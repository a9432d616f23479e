/** All visible text, by language and namespace (one file each). Everything is in the bundle: a window says nothing it would have to load. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

const files = import.meta.glob<Readonly<Record<string, unknown>>>('./*/*.json', { eager: true, import: 'default' });

/** Starts with the system's language; `useLanguage` changes it when the setting is known. */
export async function initText(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: resourcesOf(files),
    lng: languageOf('system', navigator.languages),
    fallbackLng: 'en',
    defaultNS: 'app',
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
    // The recipes' texts come with the recipes (ui/recipes.ts), and again when a user changes one.
    react: { bindI18nStore: 'added removed' },
  });
  document.documentElement.lang = i18next.language;
}

/** Takes the setting's language. */
export async function setLanguage(setting: string): Promise<void> {
  const language = languageOf(setting, navigator.languages);
  if (language === i18next.language) return;
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language to show: the chosen one, else the first of the system's that there is. */
export function languageOf(setting: string, system: readonly string[]): Language {
  const known = LANGUAGES.find((language) => language === setting);
  if (known !== undefined) return known;
  for (const wished of system) {
    // Whoever reads any Chinese is better served by Simplified than by English.
    if (/^zh\b/i.test(wished)) return 'zh-CN';
    if (/^en\b/i.test(wished)) return 'en';
  }
  return 'en';
}

type Texts = Readonly<Record<string, unknown>>;

/** `./en/queue.json` → en: { queue }. */
export function resourcesOf(texts: Readonly<Record<string, Texts>>): Record<string, Record<string, Texts>> {
  const resources: Record<string, Record<string, Texts>> = {};
  for (const [path, text] of Object.entries(texts)) {
    const [, language, namespace] = /^\.\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
    if (language === undefined || namespace === undefined) continue;
    resources[language] = { ...resources[language], [namespace]: text };
  }
  return resources;
}
