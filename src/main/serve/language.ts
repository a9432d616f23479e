/** Which of the two languages a browser's user reads. */

export type PageLanguage = 'en' | 'zh-CN';

/** By Accept-Language (RFC 9110, section 12.5.4): the one that is wanted more; English where neither is. */
export function preferredLanguage(header: string | undefined): PageLanguage {
  const wanted = (header ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';').map((piece) => piece.trim());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { primary: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
  const best = wanted.filter(({ primary, quality }) => quality > 0 && (primary === 'en' || primary === 'zh')).reduce((best, one) => (one.quality > best.quality ? one : best), { primary: 'en', quality: 0 });
  return best.primary === 'zh' ? 'zh-CN' : 'en';
}
