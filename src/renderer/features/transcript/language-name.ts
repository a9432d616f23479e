/** Names of spoken languages in the window's language. */
import i18next from 'i18next';

/** `de` → German. A code that nobody knows is shown as it is. */
export function languageName(code: string): string {
  if (code === '') return '';
  try {
    return new Intl.DisplayNames([i18next.language], { type: 'language' }).of(code) ?? code;
  } catch {
    // Not of the form of a language's code.
    return code;
  }
}
